"""Hidden checks of `intro_to_training` on trained networks and on a GPU: q5, q7, q8."""

from __future__ import annotations

from assignments.intro_to_training.running import (
    assert_digits_are_learned,
    assert_epoch_is_faster,
    assert_evaluates_on,
    assert_network_trains_on,
    assert_trains_on,
)
from grader.checks.marking import question


@question("q5")
def check_training_on_a_device_gives_the_losses_of_the_cpu(solution, provided, device):
    """`train_epoch` moves the model and each batch to the device; the losses are those of the CPU to 1e-2 (contract, q5)."""
    assert_trains_on(solution, provided, device)


@question("q5")
def check_evaluation_on_a_device_gives_the_numbers_of_the_cpu(solution, provided, device):
    """`evaluate` moves the model and each batch to the device; loss and accuracy are those of the CPU to 1e-2."""
    assert_evaluates_on(solution, provided, device)


@question("q7", full=True)
def check_the_cnn_learns_digits_that_it_has_not_seen(solution, provided):
    """After two epochs of `fit` 90 % of 500 unseen digits are recognised; 80 % earn half of the points."""
    assert_digits_are_learned(solution, provided)


@question("q8")
def check_the_cnn_trains_on_a_device(solution, provided, device):
    """An epoch of `train_epoch` on the device lowers the loss of the CNN."""
    assert_network_trains_on(solution, provided, device)


@question("q8", timed=True)
def check_an_epoch_on_a_device_is_faster(solution, provided, device):
    """At batch size 256 an epoch on the device takes less time than on the CPU, measured from outside."""
    assert_epoch_is_faster(solution, provided, device)
