"""A description of a figure is read strictly, its picture is made by the judge, and assertions say what a person would say."""

from __future__ import annotations

import contextlib
import copy
import io
import math

import matplotlib.image
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.comparing import CheckFailure
from grader.checks.figure_reading import MAX_CHARS, MAX_ITEMS, MAX_SIDE_PX, encode_png
from grader.checks.figures import (
    assert_axes_labelled,
    assert_data,
    assert_legend_tells_apart,
    assert_log_scale,
    assert_new_figure,
    read_figure,
    the_axes,
)
from grader.model import Verdict
from grader.runner.figures import drawn_by
from grader.solution import SolutionError
from grader.wire.values import Ref

X, TRAIN, TEST = [1, 101, 201], [2.0, 1.0, 0.5], [2.5, 1.5, 1.25]
WANTED = {"train": (X, TRAIN), "test": (X, TEST)}


def everything():
    """Draw something of every kind."""
    figure, (axes, other) = plt.subplots(1, 2)
    axes.errorbar(X, TRAIN, yerr=0.1, label="train")
    axes.scatter(X, TEST, label="test")
    axes.bar(X, TEST)
    axes.text(1, 1, "text")
    axes.legend()
    axes.twinx()
    figure.colorbar(other.imshow([[1, 2], [3, 4]]))
    other.pcolormesh([[1, 2], [3, 4]])
    other.table([["1"]])
    figure.legend(["one"])
    figure.suptitle("title")
    figure.text(0, 0, "text")
    return figure


RAW = drawn_by(everything)
plt.close("all")


def paths(value, path=()):
    """Return the paths of every value inside of a description."""
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        found += paths(item, (*path, key))
    return found


def replaced(raw, path, junk):
    """Return a description with one value replaced."""
    if not path:
        return junk
    raw = copy.deepcopy(raw)
    place = raw
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = junk
    return raw


PATHS = paths(RAW)
JUNK = st.sampled_from(
    [
        *(None, True, -1, 10**400, math.nan, math.inf, "", "x", "x" * (MAX_CHARS + 1), b"bytes", 1j, (), []),
        *({}, {1: 2}, [None], [[]], ["x"], [1], [{}], [{}] * (MAX_ITEMS + 1), np.zeros(3), np.zeros((3, 3)), np.float64(1.5)),
        *(np.array([math.nan] * 4), np.array([2.0] * 4), np.zeros(4, dtype=np.int64), np.zeros(0), np.zeros(10**6)),
        *(torch.zeros(3), torch.zeros(2, 2, 3, dtype=torch.uint8), torch.zeros(9999, 1, 3, dtype=torch.uint8)),
        *(torch.zeros(0, 4, 4, dtype=torch.uint8), Ref(kind="handle", id=7, type="Figure", integer=1, number=1.0)),
    ]
)


def end_of(raw):
    """Read a description; return the figure or the exception that is allowed to come instead."""
    try:
        return read_figure(raw)
    except (SolutionError, CheckFailure) as end:
        return end


def judge(figure):
    """Let every assertion look at a figure; each may refuse it, and nothing else may happen."""
    lines = [line for axes in figure.axes for line in axes.lines]
    series = dict(zip(("train", "test"), lines, strict=False))
    for assertion in (
        lambda: assert_data(figure, WANTED),
        lambda: assert_data(figure, WANTED, scatter=True, more=True),
        lambda: assert_axes_labelled(figure, wrong_on_x="loss"),
        lambda: assert_log_scale(the_axes(figure), "y"),
        lambda: assert_legend_tells_apart(figure, series),
        lambda: assert_new_figure(figure),
    ):
        with contextlib.suppress(CheckFailure):
            assertion()


@settings(max_examples=400, deadline=None)
@given(path=st.sampled_from(PATHS), junk=JUNK)
def test_whatever_comes_is_a_figure_a_loss_of_the_runner_or_no_figure(path, junk):
    end = end_of(replaced(RAW, path, junk))
    if isinstance(end, SolutionError):
        assert (end.verdict, "broke off the exchange" in end.message) == (Verdict.CRASH, True)
    elif isinstance(end, CheckFailure):
        assert (path, junk, end.expected) == (("figure",), None, "a matplotlib Figure")
    else:
        judge(end)


def test_every_part_of_a_description_is_checked():
    """An object that nobody expects is refused, wherever it stands."""
    ends = {path: end_of(replaced(RAW, path, Ref(kind="handle", id=7, type="object"))) for path in PATHS}
    assert [path for path, end in ends.items() if not isinstance(end, SolutionError)] == []
    assert len(PATHS) > 200


@pytest.mark.parametrize("channels", [3, 4])
def test_the_picture_that_the_judge_makes_is_a_png_of_the_same_pixels(channels):
    pixels = np.random.default_rng(5).integers(0, 256, (7, 5, channels), dtype=np.uint8)
    decoded = matplotlib.image.imread(io.BytesIO(encode_png(pixels)), format="png")
    assert np.array_equal((decoded * 255).round().astype(np.uint8), pixels)


def test_the_picture_is_that_of_the_figure():
    picture = matplotlib.image.imread(io.BytesIO(read_figure(RAW).picture), format="png")
    assert picture.shape == (480, 640, 4)
    assert len(np.unique(picture.reshape(-1, 4), axis=0)) > 50


@pytest.mark.parametrize("shape", [(MAX_SIDE_PX + 1, 4, 4), (4, MAX_SIDE_PX + 1, 3), (4, 4, 2), (4, 4), (0, 4, 3)])
def test_a_picture_of_another_shape_is_refused(shape):
    with pytest.raises(SolutionError, match="picture"):
        read_figure({**RAW, "pixels": torch.zeros(shape, dtype=torch.uint8)})


def test_where_no_figure_was_drawn_the_check_fails_and_says_why():
    with pytest.raises(CheckFailure, match="an object of type int came where a matplotlib Figure should") as caught:
        read_figure(drawn_by(lambda: 3))
    assert caught.value.got == "an object of type int"


def figure_of(draw):
    """Draw on one Axes and read what came of it."""

    def call():
        figure, axes = plt.subplots()
        draw(axes)
        return figure

    return read_figure(drawn_by(call))


def both(axes, **options):
    axes.semilogy(X, TRAIN, label="Train loss", **options)
    axes.semilogy(X, TEST, label="Test loss", **options)
    axes.set(xlabel="steps", ylabel="loss")
    axes.legend()


def judged(draw):
    figure = figure_of(draw)
    found = assert_data(figure, WANTED, scatter=True)
    assert_log_scale(the_axes(figure), "y")
    assert_axes_labelled(figure, wrong_on_x="loss")
    assert_legend_tells_apart(figure, found)
    assert_new_figure(figure)


def points(axes):
    axes.scatter(X, TRAIN, label="train")
    axes.plot(X, TEST, ".", label="test")
    axes.set(yscale="log", xlabel="steps", ylabel="loss")
    axes.figure.legend()


def marked(axes):
    both(axes)
    axes.scatter(X[-1:], TEST[-1:], marker="*", color="gold")
    axes.plot(X, TRAIN, "o", color="C0")
    axes.fill_between(X, TRAIN, TEST)
    axes.grid(which="both")


def in_single_precision(axes):
    axes.plot(X, np.array(TRAIN, dtype=np.float32) * np.float32(1 + 1e-7), "k-", label="TRAIN")
    axes.plot(torch.tensor(X), torch.tensor(TEST), "k--", label="TEST")
    axes.set(yscale="symlog", xlabel="steps", ylabel="loss")
    axes.legend()


def backwards(axes):
    axes.plot(X[::-1], TEST[::-1], label="test (mean over batches)")
    axes.errorbar(X, TRAIN, yerr=0.1, capsize=2, label="loss while training")
    axes.set(yscale="log", xlabel="steps", ylabel="loss")
    axes.legend()


@pytest.mark.parametrize("draw", [both, points, marked, in_single_precision, backwards])
def test_what_a_person_accepts_is_accepted(draw):
    judged(draw)


def test_positions_that_the_ticks_name_are_as_good_as_numbers():
    def draw(axes):
        axes.plot([str(x) for x in X], TRAIN, label="train")
        axes.plot(range(3), TEST, label="test")

    assert_data(figure_of(draw), WANTED)


def without(part):
    def draw(axes):
        both(axes)
        {
            "legend": lambda: axes.get_legend().remove(),
            "x label": lambda: axes.set_xlabel(" "),
            "y label": lambda: axes.yaxis.label.set_visible(False),
            "log scale": lambda: axes.set_yscale("linear"),
            "test": lambda: axes.lines[1].remove(),
            "data": lambda: axes.clear(),
        }[part]()

    return draw


def with_more(axes):
    both(axes)
    axes.axhline(1)


def twice(axes):
    both(axes)
    axes.plot(X, TRAIN)


def log_of_losses(axes):
    axes.plot(X, np.log(TRAIN), label="train")
    axes.plot(X, TEST, label="test")


def one_number_more(axes):
    axes.plot([*X, 301], [*TRAIN, 0.1], label="train")
    axes.plot(X, TEST, label="test")


def same_names(axes):
    both(axes)
    axes.legend(["train and test", "test and train"])


def swapped_names(axes):
    both(axes)
    axes.legend(["test", "train"])


def same_looks(axes):
    both(axes, color="black")


def a_sign_of_no_line(axes):
    both(axes)
    axes.legend(handles=[plt.Line2D([], [], color="gold", label=name) for name in ("train", "test")])


def swapped_labels(axes):
    both(axes)
    axes.set(xlabel="loss", ylabel="steps")


def two_axes(axes):
    both(axes)
    axes.inset_axes((0, 0, 1, 1))
    axes.twinx().plot(X, TEST)


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (without("legend"), "there is no legend: the lines have labels; `axes.legend()` shows them"),
        (without("x label"), "the x axis has no label"),
        (without("y label"), "the y axis has no label"),
        (without("log scale"), "the y axis is linear"),
        (without("test"), "no line shows the data of test"),
        (without("data"), "the figure is empty"),
        (with_more, "1 more line is drawn than should be; a guide such as axhline counts as one"),
        (twice, "1 more line is drawn than should be"),
        (log_of_losses, "the logarithm is drawn"),
        (one_number_more, "a line of 4 points came where one of 3 should"),
        (same_names, "no entry of the legend stands for train alone"),
        (swapped_names, "the legend says 'train' at the line of test"),
        (same_looks, "the lines look the same"),
        (a_sign_of_no_line, "the sign beside 'train' looks like no line"),
        (swapped_labels, "the labels of the two axes are swapped"),
        (two_axes, "1 more line is drawn"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_is_missing_is_named(draw, says):
    with pytest.raises(CheckFailure) as caught:
        judged(draw)
    assert says in caught.value.message


def test_two_axes_are_not_one():
    def call():
        _, (upper, lower) = plt.subplots(2)
        upper.plot(X, TRAIN)
        lower.plot(X, TEST)

    with pytest.raises(CheckFailure, match="the figure has 2 Axes where everything belongs on one"):
        the_axes(read_figure(drawn_by(call)))


def test_a_call_that_draws_on_the_current_figure_makes_no_new_one():
    figure = read_figure(drawn_by(lambda: plt.plot(X, TRAIN)))
    with pytest.raises(CheckFailure, match="drew on a figure that was there before"):
        assert_new_figure(figure)
