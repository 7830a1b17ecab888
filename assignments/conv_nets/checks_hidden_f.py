"""Hidden checks of `conv_nets`, part F: other numbers of points and classes, other containers, arguments left alone."""

from __future__ import annotations

import numpy as np
from hypothesis import given

from assignments.conv_nets.cases_f import MATRIX, NAMES, accuracies, confusions, few_figures
from assignments.conv_nets.judging_f import assert_counts
from grader.checks.comparing import assert_unchanged
from grader.checks.figures import assert_data
from grader.checks.marking import question


@question("f1")
@few_figures
@given(case=accuracies(least=1, most=9))
def check_accuracies_of_any_length_and_container_are_drawn(solution, case):
    """As many points as there are counts, one or nine of them; tuples and arrays."""
    counts, cnn, mlp = np.array(case.counts), tuple(case.cnn), np.array(case.mlp)
    figure = solution.plot_validation_accuracy.figure(counts, cnn, mlp)
    assert_data(figure, {"CNN": (counts, cnn), "MLP": (counts, mlp)}, more=True)


@question("f1", weight=0.5, law=True)
def check_drawing_accuracies_leaves_the_lists_alone(solution):
    """A function does not change its arguments."""
    assert_unchanged(solution.plot_validation_accuracy, [50, 10, 20], [0.875, 0.5, 0.75], [0.5, 0.375, 0.25])


@question("f2")
@few_figures
@given(case=confusions(least=2, most=6, wide=True))
def check_counts_of_any_number_of_classes_are_written_as_integers(solution, case):
    """Two to six classes, a tensor, zeros and large counts: every cell shows its integer."""
    figure = solution.plot_confusion.figure(case.matrix, case.names)
    assert_counts(figure, case.counts, case.names, either_way=True)


@question("f2", weight=0.5, law=True)
def check_drawing_a_matrix_leaves_it_alone(solution):
    """A function does not change its arguments."""
    assert_unchanged(solution.plot_confusion, MATRIX, NAMES)
