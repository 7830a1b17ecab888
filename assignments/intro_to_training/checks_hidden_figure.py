"""Hidden checks of `intro_to_training` on the figure: q2."""

from __future__ import annotations

import math

from assignments.intro_to_training.judging import filled_axes, series_of_losses
from grader.checks.figures import (
    assert_axes_labelled,
    assert_legend_tells_apart,
    assert_new_figure,
)
from grader.checks.marking import question


def history_of_epochs(epochs: int, logged: int) -> dict[str, object]:
    """Return a made-up history, of which no number is twice the same."""
    batches = 3 * logged
    entries = [(epoch, index) for epoch in range(epochs) for index in range(logged)]
    return {
        "train_steps": [epoch * batches + 3 * index + 1 for epoch, index in entries],
        "train_losses": [2.5 * math.exp(-0.01 * n) * (1 + 0.3 * math.cos(5 * n)) for n in range(len(entries))],
        "test_steps": [(epoch + 1) * batches for epoch in range(epochs)],
        "test_losses": [2.2 * math.exp(-0.2 * (epoch + 1)) for epoch in range(epochs)],
        "test_accuracy": [1 - 0.5 * math.exp(-0.2 * (epoch + 1)) for epoch in range(epochs)],
        "epoch_seconds": [1.5 + 0.1 * epoch for epoch in range(epochs)],
        "total_seconds": 2.0 * epochs,
    }


SHORT = history_of_epochs(3, 4)


@question("q2")
def check_long_histories_are_drawn_whole(solution):
    """Of twenty epochs with ten logged batches every loss is drawn as it is: not smoothed, not thinned out."""
    long = history_of_epochs(20, 10)
    series_of_losses(solution.plot_losses.figure(long), long)


@question("q2")
def check_both_axes_are_labelled(solution):
    """A reader sees what both axes show: steps below, the loss at the side."""
    figure = solution.plot_losses.figure(SHORT)
    filled_axes(figure)
    assert_axes_labelled(figure, wrong_on_x="loss")


@question("q2")
def check_a_legend_tells_training_from_test(solution):
    """A legend, of the Axes or of the figure, has an entry with "train" and one with "test", each beside its own data."""
    figure = solution.plot_losses.figure(SHORT)
    assert_legend_tells_apart(figure, series_of_losses(figure, SHORT))


@question("q2", law=True)
def check_a_second_call_makes_a_new_figure(solution):
    """Each call makes a figure of its own and leaves the last one alone."""
    solution.plot_losses.figure(history_of_epochs(2, 5))
    assert_new_figure(solution.plot_losses.figure(SHORT))
