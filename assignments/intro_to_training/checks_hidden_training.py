"""Hidden checks of `intro_to_training` on the training loop: q3a, q3b, q3c."""

from __future__ import annotations

import time
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assignments.intro_to_training.cases import (
    FIVE,
    LARGER,
    WITH_MODES,
    Data,
    Training,
    even_data,
    optimizers,
    seeds,
    uneven_data,
)
from assignments.intro_to_training.judging import (
    CLOCK_SLACK_S,
    assert_accuracies_of,
    assert_losses_of,
    assert_numbers,
    assert_parameters,
    assert_unchanged_model,
    assert_whole_numbers,
    history_of,
    numbers_of,
    pair_of,
    state_of,
)
from assignments.intro_to_training.trainings import evaluated, trained
from grader.checks.comparing import as_float, fail
from grader.checks.marking import question
from grader.checks.strategies import small_examples

PAIR = "(loss, accuracy)"


# q3a: one epoch


@question("q3a")
@given(data=even_data(min_batches=3, max_batches=4, min_size=5), seed=seeds, model=st.sampled_from(WITH_MODES))
@small_examples
def check_the_model_trains_in_training_mode(solution, provided, data, seed, model):
    """A model that comes in eval mode is put into training mode: batch normalisation and dropout behave differently there."""
    _assert_trained(solution, provided, Training(data=data, seed=seed, model=model, training=False))


@question("q3a")
@given(data=even_data(min_batches=3, max_batches=4), seed=seeds, how=optimizers)
@small_examples
def check_the_given_optimizer_makes_the_steps(solution, provided, data, seed, how):
    """Steps are those of the optimizer that was passed in, with its momentum, decay and groups, from epoch to epoch."""
    _assert_trained(solution, provided, Training(data=data, seed=seed, **how), epochs=2)


@question("q3a")
@given(data=even_data(min_batches=3), seed=seeds, criterion=st.sampled_from(("smooth", "mse")))
@small_examples
def check_the_given_criterion_is_the_loss(solution, provided, data, seed, criterion):
    """The steps go down the loss of the criterion that was passed in, whatever it is."""
    data = replace(data, targets="values" if criterion == "mse" else "labels")
    _assert_trained(solution, provided, Training(data=data, seed=seed, criterion=criterion))


def _assert_trained(solution, provided, training, *, epochs=1):
    model, *others = training.make(provided)
    for _ in range(epochs):
        solution.train_epoch(model, *others)
    expected = trained(training, epochs=epochs)
    assert_parameters(state_of(provided, model), expected.end, expected.start)


@question("q3a")
def check_every_batch_or_only_the_first_can_be_logged(solution, provided):
    """log_every=1 logs every batch; one that is as large as the number of batches, or larger, only the first."""
    training = Training(data=FIVE)
    (losses,) = trained(training).losses
    every = numbers_of(solution.train_epoch(*training.make(provided), log_every=1), "the list of losses")
    if len(every) != FIVE.batches:
        fail("log_every=1 asks for the loss of every batch", expected=f"{FIVE.batches} losses", got=every)
    for log_every in (FIVE.batches, FIVE.batches + 1):
        got = solution.train_epoch(*training.make(provided), log_every=log_every)
        assert_numbers(got, losses[:1], f"the list of losses for log_every={log_every} and {FIVE.batches} batches")
    assert_numbers(solution.train_epoch(*training.make(provided)), losses[:1], "the list of losses for the default of 100")


# q3b: evaluation


@question("q3b", weight=2)
@given(data=even_data(), seed=seeds, model=st.sampled_from((*WITH_MODES, "dropout")))
@small_examples
def check_the_model_is_evaluated_in_eval_mode(solution, provided, data, seed, model):
    """Dropout is off, batch normalisation uses the averages that it has, and these stay as they were."""
    training = Training(data=data, seed=seed, model=model)
    model, loader, _, criterion = training.make(provided)
    before = provided.snapshot(model)["buffers"]
    pair = pair_of(solution.evaluate(model, loader, criterion), PAIR)
    assert_losses_of(pair, evaluated(training, data), "a model that came in training mode")
    assert_parameters(provided.snapshot(model)["buffers"], before, before)


@question("q3b", law=True)
@given(seed=seeds, model=st.sampled_from(("mlp", "nested", "frozen")))
@small_examples
def check_evaluation_changes_nothing(solution, provided, seed, model):
    """Parameters, gradients that are there from before, and what is trained at all stay as they were."""
    model, loader, _, criterion = Training(data=FIVE, seed=seed, model=model, training=False).make(provided)
    provided.set_gradients(model, 0.25)
    before = provided.snapshot(model)
    solution.evaluate(model, loader, criterion)
    assert_unchanged_model(provided.snapshot(model), before)


@question("q3b")
def check_no_graph_is_built(solution, provided):
    """Autograd does not record while the model runs: the model of this check tells by its outputs, and so by the loss."""
    training = Training(data=FIVE, training=False)
    model, loader, _, criterion = training.make(provided)
    sensitive = provided.set_mode(provided.graph_sensitive(model), False)
    pair = pair_of(solution.evaluate(sensitive, loader, criterion), PAIR)
    hint = "autograd recorded during the evaluation (this model doubles its outputs then): torch.no_grad() switches it off"
    assert_losses_of(pair, evaluated(training, FIVE), "a model that doubles its outputs while autograd records", hint=hint)


@question("q3b", law=True)
def check_autograd_is_as_before_after_an_evaluation(solution, provided):
    """Recording is switched off during the evaluation only; afterwards the caller can train on."""
    model, loader, _, criterion = Training(data=FIVE).make(provided)
    solution.evaluate(model, loader, criterion)
    _assert_autograd_on(provided)


def _assert_autograd_on(provided):
    is_on = provided.grad_mode()
    provided.grad_mode(True)
    if not is_on:
        fail(
            "autograd is off after the call, and nothing can be trained any more: `with torch.no_grad():` ends by itself",
            expected="torch.is_grad_enabled() is True",
            got="False",
        )


@question("q3b")
@given(data=even_data(), seed=seeds)
@small_examples
def check_the_loss_is_that_of_the_given_criterion(solution, provided, data, seed):
    """The loss is that of the criterion that was passed in; here cross-entropy with label smoothing."""
    training = Training(data=data, seed=seed, criterion="smooth", training=False)
    model, loader, _, criterion = training.make(provided)
    pair = pair_of(solution.evaluate(model, loader, criterion), PAIR)
    assert_losses_of(pair, evaluated(training, data), "cross-entropy with label smoothing")


@question("q3b")
@given(batches=st.integers(0, 3), size=st.integers(2, 4), seed=seeds)
@small_examples
def check_a_batch_may_hold_a_single_sample(solution, provided, batches, size, seed):
    """The last batch may be a single sample, and so may be all data."""
    data = Data(count=batches * size + 1, batch_size=size, seed=seed)
    training = Training(data=data, seed=seed, training=False)
    model, loader, _, criterion = training.make(provided)
    pair = pair_of(solution.evaluate(model, loader, criterion), PAIR)
    scores = evaluated(training, data)
    assert_losses_of(pair, scores, "data whose last batch is a single sample")
    assert_accuracies_of(pair, scores, "data whose last batch is a single sample")


# q3c: the whole training


@question("q3c")
@given(data=uneven_data(), seed=seeds, epochs=st.integers(1, 2), log_every=st.sampled_from((1, 2, 7)))
@small_examples
def check_steps_count_a_smaller_last_batch(solution, provided, data, seed, epochs, log_every):
    """A smaller last batch is a step like the others; log_every may be 1 or larger than the number of batches."""
    training = Training(data=data, seed=seed)
    model, loader, optimizer, criterion = training.make(provided)
    history = solution.fit(model, loader, data.make(provided), optimizer, criterion, epochs, log_every=log_every)
    steps = [epoch * data.batches + index + 1 for epoch in range(epochs) for index in range(0, data.batches, log_every)]
    assert_whole_numbers(history_of(history, "train_steps"), steps, "train_steps")
    after = [(epoch + 1) * data.batches for epoch in range(epochs)]
    hints = {"the smaller last batch is not counted": [(epoch + 1) * (data.batches - 1) for epoch in range(epochs)]}
    assert_whole_numbers(history_of(history, "test_steps"), after, "test_steps", hints=hints)


@question("q3c")
def check_the_times_are_those_of_the_epochs(solution, provided):
    """One wall time for each epoch, its test included, and a total that is not below their sum."""
    model, loader, optimizer, criterion = Training(data=FIVE).make(provided)
    slow, slower = provided.slow_loader(loader, 0.004), provided.slow_loader(FIVE.make(provided), 0.012)
    start = time.monotonic()
    history = solution.fit(model, slow, slower, optimizer, criterion, 2)
    wall_s = time.monotonic() - start
    epochs = numbers_of(history_of(history, "epoch_seconds"), "epoch_seconds")
    total = as_float(history_of(history, "total_seconds"))
    if len(epochs) != 2:
        fail("epoch_seconds has not one time for each epoch", expected="2 times", got=history["epoch_seconds"])
    least = FIVE.batches * (0.004 + 0.012)
    if total is None or not sum(epochs) - CLOCK_SLACK_S <= total <= wall_s + CLOCK_SLACK_S:
        fail(
            "total_seconds is no time of the whole call, which is at least the sum of the epochs",
            expected=f"{sum(epochs):.3f} to {wall_s:.3f} s",
            got=history["total_seconds"],
        )
    if min(epochs) < 0.95 * least:
        fail(
            "an epoch took less time than its loaders alone: its test belongs to it",
            expected=f"at least {least:.3f} s for each epoch: {FIVE.batches} batches to train and as many to test",
            got=epochs,
        )


@question("q3c")
@given(seed=seeds, epochs=st.integers(1, 3))
@small_examples
def check_the_model_ends_trained(solution, provided, seed, epochs):
    """The model that was passed in has made the steps of all epochs, and autograd is on again."""
    training = Training(data=FIVE, seed=seed)
    model, loader, optimizer, criterion = training.make(provided)
    solution.fit(model, loader, FIVE.make(provided), optimizer, criterion, epochs)
    expected = trained(training, epochs=epochs, test=FIVE)
    assert_parameters(state_of(provided, model), expected.end, expected.start)
    _assert_autograd_on(provided)


@question("q3c")
@given(seed=seeds, model=st.sampled_from(WITH_MODES))
@small_examples
def check_each_epoch_trains_and_tests_in_its_mode(solution, provided, seed, model):
    """After a test the next epoch is trained in training mode again, and every test is done in eval mode."""
    training = Training(data=LARGER, seed=seed, model=model, training=False)
    model, loader, optimizer, criterion = training.make(provided)
    solution.fit(model, loader, LARGER.make(provided), optimizer, criterion, 2)
    expected = trained(training, epochs=2, test=LARGER)
    assert_parameters(state_of(provided, model), expected.end, expected.start)


@question("q3c")
@given(seed=seeds, how=optimizers)
@small_examples
def check_optimizer_and_criterion_are_the_given_ones(solution, provided, seed, how):
    """All arguments can be given by name; the optimizer keeps its momentum from epoch to epoch, and the criterion counts."""
    training = Training(data=FIVE, seed=seed, criterion="smooth", **how)
    model, loader, optimizer, criterion = training.make(provided)
    solution.fit(
        model=model,
        train_loader=loader,
        test_loader=FIVE.make(provided),
        optimizer=optimizer,
        criterion=criterion,
        epochs=2,
        device="cpu",
        log_every=2,
    )
    expected = trained(training, epochs=2, test=FIVE)
    assert_parameters(state_of(provided, model), expected.end, expected.start)
