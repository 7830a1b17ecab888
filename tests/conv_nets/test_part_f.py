"""Part F of `conv_nets`: figures drawn in any style earn their points; what is wrong costs its own question and is told."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from assignments.conv_nets.judging_f import (
    assert_axes_say_which,
    assert_counts,
    assert_ticks_name_the_classes,
    integer_in,
    matrix_axes,
    predicted_axis,
)
from grader.checks.comparing import CheckFailure
from grader.checks.figures import read_figure
from grader.model import Job
from grader.pipeline import grade
from grader.runner.figures import drawn_by

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = sorted((ROOT / "tests" / "hand_ins" / "good_parts" / "f").glob("*.py"))
COUNTS = np.array([[5, 1, 0], [2, 1234, 7], [3, 4, 6]])
NAMES = ["cat", "dog", "an owl"]


def graded(assignment, sandbox, path, *questions):
    job = Job(assignment=assignment, path=path, hidden=True, seed=11, questions=questions or ("f1", "f2"))
    report = grade(job, sandbox=sandbox)
    assert not report.faults, report.faults
    assert not report.unreadable
    return report


def lost(report):
    """Return the checks that did not pass, with what they say."""
    checks = [check for question in report.score.questions for check in question.checks]
    return {check.id: f"{check.verdict}: {check.message}" for check in checks if check.verdict != "pass"}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_correct_figure_earns_everything_however_it_is_drawn(path, conv_nets, sandbox):
    report = graded(conv_nets, sandbox, path)
    assert lost(report) == {}
    assert report.score.points == report.score.out_of == 5


@pytest.mark.parametrize("magic", ["%matplotlib inline", "%matplotlib notebook", "import matplotlib.pyplot as plt; plt.ion()"])
def test_a_notebook_that_draws_inline_earns_everything(magic, conv_nets, sandbox, tmp_path):
    source = (ROOT / "tests/hand_ins/good_parts/f/pyplot_state_and_show.py").read_text(encoding="utf-8")
    example = "plot_validation_accuracy([1, 2], [0.5, 0.6], [0.4, 0.3])\nplt.plot([1, 2, 3])"
    cells = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": [], "source": text}
        for i, text in enumerate((magic, source, example))
    ]
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}
    path = tmp_path / "conv_nets.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert lost(graded(conv_nets, sandbox, path)) == {}


HOSTILE = {  # what is drawn -> how the check that looks for lines ends
    "not a figure": ("return {'figure': None, 'why': '<script>', 'pixels': None}", "fail: an object of type dict came"),
    "a figure of a kilometre": ("return Figure(figsize=(40_000, 40_000), dpi=4000)", "fail: no line shows the data of CNN"),
    "a number of points that nobody sees": (
        "import numpy as np; f = Figure(); f.subplots().plot(np.zeros(3 * 10**6)); return f",
        "fail: no line shows the data of CNN; a line of 3000000 points came where one of 3 should",
    ),
    "a title of 10 MB": (
        "f = Figure(); f.suptitle('x' * 10**7); return f",
        "fail: no line shows the data of CNN; the figure is empty",
    ),
    "a figure that ends the process": ("import os; os._exit(0)", "crash"),
    "a figure that leaves": ("raise SystemExit(0)", "error: SystemExit: 0"),
    "a figure without its axes": ("f = Figure(); f._axstack = None; return f", "error: AttributeError"),
    "another describer": (
        "import grader.runner.figures as g; g._described = lambda *a, **k: {'figure': {'axes': 3}}; return Figure()",
        "crash: its process broke off the exchange (a figure whose",
    ),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_figure_ends_in_a_clear_verdict_and_costs_its_own_question(name, conv_nets, sandbox, tmp_path):
    body, verdict = HOSTILE[name]
    source = (ROOT / "tests/hand_ins/good_parts/f/saved_and_closed.py").read_text(encoding="utf-8")
    source += f"\n\nfrom matplotlib.figure import Figure\n\n\ndef plot_validation_accuracy(*data):\n    {body}\n"
    path = tmp_path / "conv_nets.py"
    path.write_text(source, encoding="utf-8")
    report = graded(conv_nets, sandbox, path)
    first, second = report.score.questions
    found = lost(report)["check_two_lines_show_the_accuracies_and_nothing_else_is_drawn"]
    assert found.startswith(verdict)
    assert (first.points, second.points) == (0, 2 if "describer" not in name else second.points)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(
            ("5", 5),
            ("0", 0),
            ("5\n(12%)", 5),
            ("12 %\n5", 5),
            ("0.12 (5)", 5),
            ("1,234", 1234),
            ("1\u2009234", 1234),
            ("n = 5", 5),
        ),
        *((r"$\mathbf{5}$", 5), ("5.0", None), ("1e+03", None), ("1.2e+03", None), ("12%", None), ("tensor(5)", None)),
        *(("np.int64(5)", None), ("", None), ("many", None), ("9" * 4000, None), ("n = 5", 5)),
    ],
)
def test_a_count_is_the_first_integer_of_a_text_that_is_no_percentage(text, count):
    assert integer_in(text) == count


def matrix_of(x_label="predicted", y_label="true", *, names=NAMES, texts=None, transposed=False, **options):
    """Draw a confusion matrix and read what came of it."""
    import matplotlib.pyplot as plt

    def draw():
        _, axes = plt.subplots()
        shown = COUNTS.T if transposed else COUNTS
        axes.imshow(shown, **options)
        for (row, column), count in np.ndenumerate(shown):
            axes.text(column, row, f"{count}" if texts is None else texts(count))
        axes.set_xticks(range(3), names)
        axes.set_yticks(range(3), names)
        axes.set(xlabel=x_label, ylabel=y_label)

    return read_figure(drawn_by(draw))


@pytest.mark.parametrize(
    ("x_label", "y_label", "predicted"),
    [
        ("predicted class", "true class", "x"),
        ("Predicted label", "True label", "x"),
        ("y_pred", "y_true", "x"),
        ("Prediction", "Actual", "x"),
        ("Prediction", "Label", "x"),
        ("Classified as", "ground truth", "x"),
        ("model output", "target", "x"),
        ("Ground Truth", "Estimated", "y"),
        ("reference", "PREDICTIONS", "y"),
        ("class", "class", None),
        ("", "true", None),
        ("predicted", "", None),
        ("predicted", "predicted", None),
        ("true", "true", None),
        ("columns", "rows", None),
    ],
)
def test_labels_say_which_axis_is_the_predicted_one(x_label, y_label, predicted):
    figure = matrix_of(x_label, y_label, transposed=predicted == "y")
    assert predicted_axis(figure, matrix_axes(figure)) == predicted
    assert_counts(figure, COUNTS, NAMES)  # where nothing is said, either way is right
    assert_ticks_name_the_classes(figure, NAMES)
    if predicted is None:
        with pytest.raises(CheckFailure, match="the axes do not say which"):
            assert_axes_say_which(figure)
    else:
        assert_axes_say_which(figure)


@pytest.mark.parametrize("options", [{}, {"origin": "lower"}, {"extent": (-0.5, 2.5, 2.5, -0.5)}, {"aspect": "auto"}])
def test_counts_are_found_however_the_picture_lies(options):
    assert_counts(matrix_of(**options), COUNTS, NAMES)


def test_counts_that_contradict_the_labels_are_told_apart_from_other_mistakes():
    with pytest.raises(CheckFailure, match="the counts stand the other way round than the axes say"):
        assert_counts(matrix_of("true", "predicted"), COUNTS, NAMES)
    assert_counts(matrix_of("true", "predicted"), COUNTS, NAMES, either_way=True)
    with pytest.raises(CheckFailure, match="9 of 9 cells do not show their count; the cell of true 'cat' and predicted 'cat'"):
        assert_counts(matrix_of(texts=lambda count: f"{count:.1f}"), COUNTS, NAMES)
    with pytest.raises(CheckFailure, match="1 of 9 cells do not show their count"):
        assert_counts(matrix_of(texts=lambda count: f"{count}" if count else ""), COUNTS, NAMES)


@pytest.mark.parametrize("names", [["cat", "dog", ""], ["0", "1", "2"], ["cat", "dog", "an"], ["cat", "dog", "dog"]])
def test_ticks_that_do_not_name_every_class_are_refused(names):
    figure = matrix_of(names=names)
    with pytest.raises(CheckFailure, match="the ticks of the x axis do not carry the class names"):
        assert_ticks_name_the_classes(figure, NAMES)
    assert_counts(figure, COUNTS, NAMES)  # one defect costs one check


def test_the_report_has_the_picture_of_a_figure():
    from matplotlib import image

    assert image.imread(io.BytesIO(matrix_of().picture), format="png").shape == (480, 640, 4)
