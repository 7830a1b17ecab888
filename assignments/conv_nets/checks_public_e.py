"""Public checks of part E of `conv_nets`: what students can run. Real networks, and small cases of every property."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets.cases_e import accumulations, candidate_lists, elements, megabytes, parameter_lists
from assignments.conv_nets.judging_e import (
    STATES,
    accumulate,
    assert_candidate,
    assert_differences,
    assert_mean_loss_and_gradients,
    assert_megabytes,
    assert_near_peaks,
    estimates_of,
)
from assignments.conv_nets.oracles_e import RESNET18, RESNET152_MB, RESNET152_PARAMETERS, SMALL_CNN
from grader.checks.calling import Callback
from grader.checks.comparing import RTOL, assert_float, assert_int, fail
from grader.checks.marking import question
from grader.checks.strategies import small_examples
from grader.solution import SolutionError

OUT_OF_MEMORY = "CUDA out of memory. Tried to allocate 2.00 GiB."


@question("e1")
def check_parameters_of_resnet152(solution, provided):
    """ResNet-152 with 10 classes has 58,164,298 parameters; its weights are on the meta device, where nothing has an address."""
    assert_int(solution.count_parameters(provided.make_resnet(152, num_classes=10)), RESNET152_PARAMETERS)


@question("e1")
@given(parameters=parameter_lists(frozen=True))
def check_frozen_parameters_are_left_out_when_asked_for(solution, provided, parameters):
    """`only_trainable` leaves out what has `requires_grad=False`; without it everything counts (torch.nn.Module.parameters)."""
    model = provided.make_listed_model(parameters)
    assert_int(solution.count_parameters(model), elements(parameters))
    assert_int(solution.count_parameters(model, only_trainable=True), elements(parameters, only_trainable=True))


@question("e2")
def check_size_of_resnet152(solution, provided):
    """ResNet-152 with 10 classes takes 232.657192 MB in float32: its parameters, and none of its buffers."""
    assert_megabytes(solution.model_size_mb(provided.make_resnet(152, num_classes=10)), RESNET152_MB)


@question("e2")
@given(parameters=parameter_lists(mixed=True, frozen=True))
def check_size_counts_the_bytes_of_every_dtype(solution, provided, parameters):
    """An element takes 2 bytes in half precision and 8 in double (torch.Tensor.element_size); frozen or not is all the same."""
    assert_megabytes(solution.model_size_mb(provided.make_listed_model(parameters)), megabytes(parameters))


@question("e3")
@given(parameters=parameter_lists(least=1), optimizer=st.sampled_from(sorted(STATES)))
def check_state_is_a_multiple_of_the_parameters(solution, provided, parameters, optimizer):
    """SGD keeps nothing, momentum one number for each trained parameter, Adam two (Kingma & Ba 2015, algorithm 1)."""
    got = solution.optimizer_state_mb(provided.make_listed_model(parameters), optimizer)
    assert_megabytes(got, STATES[optimizer] * megabytes(parameters))


@question("e4", weight=0.9)
def check_estimates_for_resnet18(solution, provided):
    """ResNet-18, 10 classes, batches of 64 x 3 x 224 x 224: near the measured peak of the second step, for each optimizer."""
    assert_near_peaks(estimates_of(solution, provided.make_network("resnet18"), RESNET18))


@question("e4", weight=0.5)
def check_optimizers_differ_by_their_state(solution, provided):
    """From SGD to momentum to Adam the peak grows by what the optimizer keeps, for a small network on the CPU, too."""
    plain, momentum, adam = points = SMALL_CNN[:3]
    estimates = estimates_of(solution, provided.make_network("small_cnn", "cpu"), points)
    assert_differences(estimates, ((plain, momentum), (plain, adam)))


@question("e5")
@given(candidates=candidate_lists(ordered=True, least=1), limit=st.integers(0, 64))
def check_the_largest_batch_that_fits(solution, candidates, limit):
    """The largest candidate for which `fits` is true; None when there is none."""
    got = solution.largest_batch_size(candidates, Callback(f"lambda b: b <= {limit}", lambda b: b <= limit))
    assert_candidate(got, [b for b in candidates if b <= limit])


@question("e5")
@given(candidates=candidate_lists(ordered=True, least=1), limit=st.integers(0, 64))
def check_running_out_of_memory_means_no(solution, candidates, limit):
    """A candidate for which `fits` raises torch.cuda.OutOfMemoryError does not fit; the search goes on."""
    limit = max(limit, candidates[0])  # so that one of them fits

    def fits(batch_size):
        if batch_size > limit:
            raise torch.OutOfMemoryError(OUT_OF_MEMORY)
        return True

    text = f"lambda b: b <= {limit} or (_ for _ in ()).throw(torch.cuda.OutOfMemoryError({OUT_OF_MEMORY!r}))"
    try:
        got = solution.largest_batch_size(candidates, Callback(text, fits))
    except SolutionError as error:
        if "OutOfMemoryError" not in error.kinds:
            raise
        fail(
            "the OutOfMemoryError of `fits` came through; it means that the batch does not fit", expected="no", got=error.message
        )
    else:
        assert_candidate(got, [b for b in candidates if b <= limit])


@question("e6")
@given(case=accumulations(pieces="equal"))
@small_examples
def check_equal_pieces_add_up_to_the_full_batch(solution, provided, case):
    """The loss, and the gradients in `.grad`, are those of the mean over the full batch (torch.autograd at once)."""
    answer, after = accumulate(solution, provided, case)
    assert_mean_loss_and_gradients(answer, after["gradients"], case)


@question("e7")
@given(batch_size=st.integers(1, 1024))
def check_learning_rate_grows_with_the_batch(solution, batch_size):
    """1e-4 for a batch of 4, in proportion for others, and never above 0.0064 (Goyal et al. 2017, linear scaling rule)."""
    assert_float(solution.scaled_lr(batch_size), min(1e-4 * batch_size / 4, 0.0064), rtol=RTOL, atol=0.0)
