"""Public checks of `conv_nets`, part F: figures of three points and of three classes."""

from __future__ import annotations

from hypothesis import given

from assignments.conv_nets.cases_f import ACCURACIES, MATRIX, NAMES, accuracies, confusions, few_figures
from assignments.conv_nets.judging_f import assert_axes_say_which, assert_counts, assert_ticks_name_the_classes
from grader.checks.figures import assert_axes_labelled, assert_data, assert_legend_tells_apart
from grader.checks.marking import question


@question("f1")
@few_figures
@given(case=accuracies(least=3, most=3))
def check_two_lines_show_the_accuracies_and_nothing_else_is_drawn(solution, case):
    """One line for each network, accuracy over number of images, with exactly the data given, and no third line."""
    figure = solution.plot_validation_accuracy.figure(case.counts, case.cnn, case.mlp)
    assert_data(figure, {"CNN": (case.counts, case.cnn), "MLP": (case.counts, case.mlp)})


@question("f1", weight=0.5)
def check_both_axes_of_the_accuracies_are_labelled(solution):
    """A reader sees what is shown along x and along y."""
    figure = solution.plot_validation_accuracy.figure(*ACCURACIES)
    assert_axes_labelled(figure, wrong_on_x="accurac")


@question("f1")
def check_a_legend_tells_cnn_and_mlp_apart(solution):
    """A legend has an entry that contains CNN and one that contains MLP, and each leads to the line of that network."""
    counts, cnn, mlp = ACCURACIES
    figure = solution.plot_validation_accuracy.figure(counts, cnn, mlp)
    found = assert_data(figure, {"CNN": (counts, cnn), "MLP": (counts, mlp)}, more=True)
    assert_legend_tells_apart(figure, found)


@question("f2")
@few_figures
@given(case=confusions(least=3, most=3))
def check_every_count_stands_where_ticks_and_axes_say(solution, case):
    """The cell of true class i and predicted class j shows confusion[i, j]; either axis may be the true one."""
    figure = solution.plot_confusion.figure(case.matrix, case.names)
    assert_counts(figure, case.counts, case.names)


@question("f2")
def check_the_axes_say_which_class_is_true_and_which_predicted(solution):
    """One axis is labelled as the true class, the other as the predicted one."""
    figure = solution.plot_confusion.figure(MATRIX, NAMES)
    assert_axes_say_which(figure)


@question("f2")
def check_the_ticks_carry_the_class_names(solution):
    """Each column and each row has its class's name at a tick."""
    figure = solution.plot_confusion.figure(MATRIX, NAMES)
    assert_ticks_name_the_classes(figure, NAMES)
