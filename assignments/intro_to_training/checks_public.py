"""Public checks of `intro_to_training`: what students can run. Small cases of every property."""

from __future__ import annotations

from dataclasses import replace

import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.intro_to_training import oracles
from assignments.intro_to_training.cases import (
    HERE,
    Training,
    convolutional_networks,
    even_data,
    perceptrons,
    seeds,
    uneven_data,
)
from assignments.intro_to_training.judging import (
    assert_logits,
    assert_macs,
    assert_number,
    assert_numbers,
    assert_parameter_count,
    assert_parameters,
    assert_params,
    assert_whole_numbers,
    drawn,
    filled_axes,
    history_of,
    load_weights,
    made,
    mistaken_accuracies,
    mistaken_losses,
    pair_of,
    state_of,
)
from assignments.intro_to_training.trainings import evaluated, trained
from grader.checks.comparing import fail
from grader.checks.figures import assert_data, assert_log_scale, the_axes
from grader.checks.marking import question
from grader.checks.strategies import small_examples

# Part A


@question("q1")
def check_the_keys_hold_tuples_and_dtypes(solution, provided):
    """The answer has the four keys; shapes are tuples of int and dtypes are torch dtypes."""
    loader = provided.tensor_loader(torch.zeros(8, 1, 28, 28), torch.arange(8), 8)
    expected = {
        "sample_shape": (8, 1, 28, 28),
        "sample_dtype": torch.float32,
        "label_shape": (8,),
        "label_dtype": torch.int64,
    }
    got = solution.describe_batch(loader)
    if not isinstance(got, dict) or any(key not in got for key in expected):
        fail("the answer is no dict with the four keys", expected=expected, got=got)
    for key, value in expected.items():
        if type(got[key]) is not type(value):
            fail(f"{key} is a {type(got[key]).__name__} and should be a {type(value).__name__}", expected=value, got=got[key])
        if got[key] != value:
            fail(f"{key} is not that of the batch", expected=value, got=got[key])


@question("m1")
def check_the_mlp_has_its_parameters(solution, provided):
    """784-128-64-10 with biases: 109,386 parameters."""
    assert_parameter_count(provided, made(solution.MLP(), "MLP"), oracles.MLP_SHAPES)


@question("m1", weight=3)
@given(seed=seeds, count=st.integers(2, 6))
@small_examples
def check_the_mlp_gives_the_logits_of_its_weights(solution, provided, seed, count):
    """For pictures (B, 1, 28, 28): linear, ReLU, linear, ReLU, linear, and nothing after it; here in eval mode."""
    weights = oracles.random_weights(oracles.MLP_SHAPES, seed)
    x = torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(seed))
    model = made(solution.MLP(), "MLP")
    load_weights(provided, model, weights)
    assert_logits(provided.set_mode(model, False)(x), oracles.mlp, x, weights)


# Part B


@question("q3a", weight=2)
@given(data=even_data(min_batches=4, max_batches=7), log_every=st.integers(2, 3), seed=seeds)
@small_examples
def check_the_losses_of_the_logged_batches_come_back(solution, provided, data, log_every, seed):
    """The losses of the batches 0, log_every, 2 * log_every, ..., each as it was before the step of its batch."""
    training = Training(data=data, seed=seed)
    got = solution.train_epoch(*training.make(provided), log_every=log_every)
    (losses,) = trained(training).losses
    (piled_up,) = trained(training, clears=False).losses
    assert_numbers(
        got,
        losses[::log_every],
        "the list of losses",
        hints={
            "the gradients of earlier batches were not cleared: optimizer.zero_grad()": piled_up[::log_every],
            "log_every is ignored": losses,
            "the counting is off: batch 0 is logged, then batch log_every": losses[log_every - 1 :: log_every],
            "batch 0 is not logged": losses[log_every::log_every],
            "these are means over the batches so far, not the losses of batches": _running_means(losses)[::log_every],
            "this is the mean over the epoch, not the losses of batches": [sum(losses) / len(losses)],
        },
    )


def _running_means(losses):
    return [sum(losses[: index + 1]) / (index + 1) for index in range(len(losses))]


@question("q3a", weight=3)
@given(data=even_data() | uneven_data(), seed=seeds, model=st.sampled_from(("linear", "mlp", "nested")))
@small_examples
def check_the_model_has_made_a_step_for_each_batch(solution, provided, data, seed, model):
    """After the epoch the model that was passed in has made one step for each batch, also for a smaller last one."""
    training = Training(data=data, seed=seed, model=model)
    model, *others = training.make(provided)
    solution.train_epoch(model, *others)
    expected = trained(training)
    assert_parameters(
        state_of(provided, model),
        expected.end,
        expected.start,
        hints={"the gradients of earlier batches were not cleared": trained(training, clears=False).end},
    )


@question("q3b", weight=2)
@given(data=uneven_data(), seed=seeds)
@small_examples
def check_the_loss_is_the_mean_over_the_batches(solution, provided, data, seed):
    """The first number is the mean of the batches' losses; a smaller last batch counts as much as the others."""
    training = Training(data=data, seed=seed)
    model, loader, _, criterion = training.make(provided)
    loss, _ = pair_of(solution.evaluate(provided.set_mode(model, False), loader, criterion), "(loss, accuracy)")
    scores = evaluated(training, data)
    assert_number(loss, scores.loss, "the loss", hints=mistaken_losses(scores))


@question("q3b", weight=2)
@given(data=uneven_data(), seed=seeds)
@small_examples
def check_the_accuracy_is_the_fraction_of_the_samples(solution, provided, data, seed):
    """The second number is the fraction, in [0, 1], of all samples whose largest logit is at their label."""
    training = Training(data=data, seed=seed)
    model, loader, _, criterion = training.make(provided)
    _, accuracy = pair_of(solution.evaluate(provided.set_mode(model, False), loader, criterion), "(loss, accuracy)")
    scores = evaluated(training, data)
    assert_number(accuracy, scores.accuracy, "the accuracy", hints=mistaken_accuracies(scores))


@question("q3c", weight=2)
@given(data=even_data(min_batches=3), seed=seeds, epochs=st.integers(2, 3), log_every=st.integers(2, 3))
@small_examples
def check_training_losses_have_the_numbers_of_their_batches(solution, provided, data, seed, epochs, log_every):
    """The step of a training loss is its batch's number, counted from 1 and on through all epochs (contract, q3c)."""
    training = Training(data=data, seed=seed)
    model, loader, optimizer, criterion = training.make(provided)
    history = solution.fit(model, loader, data.make(provided), optimizer, criterion, epochs, log_every=log_every)
    losses = trained(training, epochs=epochs).losses
    logged = [(epoch, index) for epoch in range(epochs) for index in range(0, data.batches, log_every)]
    steps = [epoch * data.batches + index + 1 for epoch, index in logged]
    assert_whole_numbers(
        history_of(history, "train_steps"),
        steps,
        "train_steps",
        hints={
            "the steps are counted from 0; the first batch is step 1": [step - 1 for step in steps],
            "the counting starts anew in each epoch; steps go on": [index + 1 for _, index in logged],
            "the counting starts anew in each epoch, and from 0": [index for _, index in logged],
            "these are the numbers of the entries and not the steps": list(range(1, len(steps) + 1)),
            "every step is counted, and not the logged ones alone": list(range(1, epochs * data.batches + 1)),
        },
    )
    assert_numbers(history_of(history, "train_losses"), [losses[epoch][index] for epoch, index in logged], "train_losses")


@question("q3c", weight=2)
@given(data=even_data(), test=uneven_data(), seed=seeds, epochs=st.integers(2, 3))
@small_examples
def check_there_is_one_test_after_each_epoch(solution, provided, data, test, seed, epochs):
    """The step of a test is the number of steps done by then; its loss, by the given criterion, and accuracy are right."""
    training = Training(data=data, seed=seed, criterion="smooth")
    model, loader, optimizer, criterion = training.make(provided)
    history = solution.fit(model, loader, test.make(provided), optimizer, criterion, epochs)
    tests = trained(training, epochs=epochs, test=test).tests
    steps = [(epoch + 1) * data.batches for epoch in range(epochs)]
    assert_whole_numbers(
        history_of(history, "test_steps"),
        steps,
        "test_steps",
        hints={
            "these are epochs and not steps": list(range(1, epochs + 1)),
            "these are epochs, counted from 0, and not steps": list(range(epochs)),
            "a test comes after its epoch: the steps done by then are one more": [step - 1 for step in steps],
            "these are the steps before the epoch; the test comes after it": [step - data.batches for step in steps],
        },
    )
    assert_numbers(history_of(history, "test_losses"), [scores.loss for scores in tests], "test_losses")
    assert_numbers(history_of(history, "test_accuracy"), [scores.accuracy for scores in tests], "test_accuracy")


HISTORY = {
    "train_steps": [1, 4, 7, 10, 11, 14, 17, 20, 21, 24, 27, 30],
    "train_losses": [2.5, 1.75, 1.5, 1.25, 1.0, 0.75, 0.625, 0.5, 0.375, 0.3125, 0.25, 0.1875],
    "test_steps": [10, 20, 30],
    "test_losses": [1.375, 0.875, 0.6875],
    "test_accuracy": [0.5, 0.75, 0.8125],
    "epoch_seconds": [1.5, 1.25, 1.0],
    "total_seconds": 3.75,
}


@question("q2", weight=2)
def check_both_losses_are_drawn_against_the_steps(solution):
    """One Axes shows the training losses and the test losses against their steps, as lines or points, and nothing else."""
    figure = solution.plot_losses.figure(HISTORY)
    the_axes(figure)
    assert_data(figure, drawn(HISTORY), scatter=True)


@question("q2")
def check_the_y_axis_is_logarithmic(solution):
    """The y-axis is logarithmic, so that equal factors have equal heights; the x-axis need not be."""
    for axes in filled_axes(solution.plot_losses.figure(HISTORY)):
        assert_log_scale(axes, "y")


# Part D


@question("m2")
def check_the_cnn_has_its_parameters(solution, provided):
    """Three convolutions and two linear layers with biases: 101,578 parameters."""
    assert_parameter_count(provided, made(solution.CNN(), "CNN"), oracles.CNN_SHAPES)


@question("m2", weight=3)
@given(seed=seeds, count=st.integers(2, 4))
@small_examples
def check_the_cnn_gives_the_logits_of_its_weights(solution, provided, seed, count):
    """For pictures (B, 1, 28, 28): three times convolution and ReLU, global maximum, linear, ReLU, linear; in eval mode."""
    weights = oracles.random_weights(oracles.CNN_SHAPES, seed)
    x = torch.randn(count, 1, 28, 28, generator=torch.Generator().manual_seed(seed))
    model = made(solution.CNN(), "CNN")
    load_weights(provided, model, weights)
    assert_logits(provided.set_mode(model, False)(x), oracles.cnn, x, weights)


# Part E


@question("p1")
@given(network=perceptrons())
@small_examples
def check_linear_layers_cost_their_weights(solution, provided, network):
    """A linear layer n -> m costs n * m multiply-accumulates for one sample, a ReLU and a flattening nothing."""
    got = solution.profile_model(provided.stack_of(network.layers), (1, *network.shape))
    work = oracles.work_of(HERE.stack_of(network.layers), network.shape)
    assert_macs(pair_of(got, "(macs, params)")[0], replace(work, most=work.least))


@question("p1")
@given(network=convolutional_networks())
@small_examples
def check_all_parameters_are_counted(solution, provided, network):
    """The second number is that of all parameters, weights and biases."""
    got = solution.profile_model(provided.stack_of(network.layers), (1, *network.shape))
    work = oracles.work_of(HERE.stack_of(network.layers), network.shape)
    assert_params(pair_of(got, "(macs, params)")[1], work)
