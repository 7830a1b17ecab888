"""Every way in which a submission draws ends in a description of its figure; nothing that it draws takes long or breaks us."""

from __future__ import annotations

import io
import time
import warnings

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from grader.runner.figure_parts import MAX_CHARS, MAX_POINTS
from grader.runner.figures import MAX_SIDE_PX, drawn_by
from grader.wire.encoding import encode

X, Y = [1, 2, 4], [0.5, 0.25, 0.75]


@pytest.fixture(autouse=True)
def fresh():
    mpl.use("agg")
    plt.close("all")
    yield
    plt.close("all")


def described(call):
    """Return what a call drew; it can travel."""
    reply = drawn_by(call)
    encode(reply)
    assert reply["figure"] is not None, reply["why"]
    return reply["figure"]


def lines(call):
    return [(line["x"].tolist(), line["y"].tolist()) for axes in described(call)["axes"] for line in axes["lines"]]


def returns_the_figure():
    figure, axes = plt.subplots()
    axes.plot(X, Y)
    return figure


def returns_the_axes():
    return returns_the_figure().axes[0]


def returns_an_array_of_axes():
    _figure, axes = plt.subplots(2, 2)
    axes[1, 0].plot(X, Y)
    return axes


def returns_a_tuple():
    figure = returns_the_figure()
    return 3, "text", (figure, figure.axes)


def returns_the_lines():
    plt.figure()
    return plt.plot(X, Y)


def returns_nothing_after_show():
    plt.plot(X, Y)
    plt.show()


def returns_the_module():
    plt.figure()
    plt.plot(X, Y)
    return plt


def returns_the_current_figure():
    plt.plot(X, Y)
    return plt.gcf()


def closes_it_first():
    figure = returns_the_figure()
    plt.close(figure)
    return figure


def closes_everything_and_returns_nothing():
    returns_the_figure().savefig(io.BytesIO(), bbox_inches="tight")
    plt.close("all")


def makes_it_without_pyplot():
    figure = Figure()
    figure.subplots().plot(X, Y)
    return figure


def returns_a_part_of_a_figure():
    left, right = plt.figure().subfigures(1, 2)
    left.subplots().plot(X, Y)
    return right


def returns_its_canvas():
    return returns_the_figure().canvas


def makes_several():
    plt.figure()
    plt.plot([9], [9])
    returns_the_figure()


def makes_one_more_after_the_one_it_returns():
    figure = returns_the_figure()
    plt.figure()
    plt.plot([9], [9])
    return figure


STYLES = [
    returns_the_figure,
    returns_the_axes,
    returns_an_array_of_axes,
    returns_a_tuple,
    returns_the_lines,
    returns_nothing_after_show,
    returns_the_module,
    returns_the_current_figure,
    closes_it_first,
    closes_everything_and_returns_nothing,
    makes_it_without_pyplot,
    returns_a_part_of_a_figure,
    returns_its_canvas,
    makes_several,
    makes_one_more_after_the_one_it_returns,
]


@pytest.mark.parametrize("draw", STYLES, ids=lambda draw: draw.__name__)
def test_the_figure_is_found_however_it_is_handed_over(draw):
    assert lines(draw) == [(X, Y)]


@pytest.mark.parametrize("draw", STYLES, ids=lambda draw: draw.__name__)
def test_a_notebook_that_shows_and_closes_figures_loses_none(draw):
    plt.switch_backend("module://matplotlib_inline.backend_inline")
    assert lines(draw) == [(X, Y)]


@pytest.mark.parametrize("draw", STYLES, ids=lambda draw: draw.__name__)
def test_figures_that_were_open_before_are_not_drawn_on(draw):
    for _ in range(3):
        plt.figure()
        plt.plot([7], [7])
    assert lines(draw) == lines(draw) == [(X, Y)]


def test_figures_do_not_pile_up():
    for _ in range(5):
        drawn_by(returns_the_figure)
    assert len(plt.get_fignums()) <= 1


def test_show_warns_nobody_even_where_warnings_are_errors():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert lines(returns_nothing_after_show) == [(X, Y)]


@pytest.mark.parametrize(
    ("draw", "is_new"),
    [(returns_the_figure, True), (makes_it_without_pyplot, True), (closes_it_first, True), (returns_the_current_figure, False)],
)
def test_a_figure_is_new_when_the_call_made_it(draw, is_new):
    assert [described(draw)["is_new"] for _ in range(2)] == [is_new, is_new]


def test_a_figure_that_was_made_outside_of_the_call_is_not_new_and_keeps_what_was_drawn():
    figure, axes = plt.subplots()

    def draw():
        axes.plot(X, Y)
        return figure

    first, second = described(draw), described(draw)
    assert (first["is_new"], second["is_new"]) == (False, False)
    assert [len(fields["axes"][0]["lines"]) for fields in (first, second)] == [1, 2]


def test_a_figure_that_is_found_again_by_its_name_is_not_new_and_shows_what_the_call_drew():
    def draw():
        plt.figure("losses")
        plt.plot(X, Y)

    assert [(fields["is_new"], len(fields["axes"][0]["lines"])) for fields in (described(draw), described(draw))] == [
        (True, 1),
        (False, 1),
    ]


class Chart:
    """A figure of another library."""


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (lambda: None, "nothing was drawn"),
        (Chart, "an object of type Chart came where a matplotlib Figure should"),
        (lambda: "<svg/>", "an object of type str came"),
        (lambda: np.zeros((4, 4, 3)), "an object of type ndarray came"),
        (lambda: None if Figure().subplots() else 0, "neither returned nor made by pyplot"),
    ],
)
def test_where_there_is_no_figure_it_is_said_why(call, why):
    reply = drawn_by(call)
    assert (reply["figure"], reply["pixels"]) == (None, None)
    assert why in reply["why"]


def test_what_the_call_raises_is_raised_and_everything_is_as_before():
    before = Figure.__init__
    with pytest.raises(ZeroDivisionError):
        drawn_by(lambda: 1 / 0)
    assert Figure.__init__ is before
    assert plt.get_fignums() == []


def test_axes_are_described_with_labels_scales_limits_and_ticks():
    def draw():
        figure, axes = plt.subplots()
        axes.semilogy(X, Y)
        axes.set(xlabel="steps", ylabel="loss", title="what")
        axes.set_xticks([1, 2, 9], labels=["one", "two", "out of sight"])
        axes.set_xlim(5, 0)
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"<{value:g}>"))
        axes.set_ylim(0.1, 1)
        figure.suptitle("above")
        figure.supxlabel("below")
        figure.text(0, 0, "aside")

    fields = described(draw)
    (axes,) = fields["axes"]
    assert (fields["title"], fields["x_label"], fields["y_label"], fields["texts"]) == ("above", "below", "", ["aside"])
    assert (axes["kind"], axes["title"], axes["is_colorbar"]) == ("rectilinear", "what", False)
    assert (axes["x"]["label"], axes["x"]["scale"], axes["x"]["low"], axes["x"]["high"]) == ("steps", "linear", 5, 0)
    assert axes["x"]["ticks"] == [{"position": 1, "text": "one"}, {"position": 2, "text": "two"}]
    assert (axes["y"]["label"], axes["y"]["scale"]) == ("loss", "log")
    assert {"position": 1, "text": "<1>"} in axes["y"]["ticks"]


def test_what_cannot_be_seen_is_left_out():
    def draw():
        _figure, (axes, off, gone) = plt.subplots(3)
        axes.plot([], [], label="for the legend alone")
        axes.plot(X, [np.nan] * 3)
        axes.plot(X, Y, linestyle="none")
        axes.plot(X, Y, linewidth=0)
        axes.plot(X, Y, alpha=0)
        axes.plot(X, Y, visible=False)
        axes.scatter([], [])
        axes.text(0, 0, "hidden", visible=False)
        axes.set_xlabel("hidden", visible=False)
        axes.legend().set_visible(False)
        off.set(xlabel="x", ylabel="y")
        off.set_axis_off()
        gone.set_visible(False)

    axes, off = described(draw)["axes"]
    assert [axes[kind] for kind in ("lines", "scatters", "texts", "legend")] == [[], [], [], []]
    assert axes["x"]["label"] == ""
    assert [(off[axis]["label"], off[axis]["ticks"]) for axis in "xy"] == [("", []), ("", [])]


def test_lines_points_guides_and_error_bars_are_told_apart():
    def draw():
        _figure, axes = plt.subplots()
        axes.errorbar(X, Y, yerr=0.1, capsize=3)
        axes.scatter(X, Y, color="red")
        axes.axhline(0.5)
        axes.axline((0, 0), (1, 1))
        axes.hlines([0.1, 0.2], 0, 1)
        axes.bar([1], [2], width=0.5)
        axes.fill_between(X, Y)

    (axes,) = described(draw)["axes"]
    assert [line["kind"] for line in axes["lines"]] == ["line", "whisker", "whisker", "guide", "guide", "segment", "segment"]
    (points,) = axes["scatters"]
    assert (points["x"].tolist(), points["y"].tolist(), points["color"].tolist()) == (X, Y, [1, 0, 0, 1])
    assert [{**bar, "color": None} for bar in axes["bars"]] == [
        {"x": 0.75, "y": 0, "width": 0.5, "height": 2, "color": None, "linestyle": "", "marker": ""}
    ]
    assert "FillBetweenPolyCollection" in axes["others"] or "PolyCollection" in axes["others"]


def test_images_and_meshes_are_described_by_the_edges_of_their_cells():
    def draw():
        figure, (first, second, third) = plt.subplots(1, 3)
        figure.colorbar(first.imshow([[1, 2], [3, np.nan]]))
        second.pcolormesh([0, 2, 4], [0, 3, 6], [[1, 2], [3, 4]])
        third.imshow([[1, 2], [3, 4]], origin="lower", extent=(0, 2, 0, 2))

    first, second, third, bar = described(draw)["axes"]
    assert bar["is_colorbar"]
    edges = [
        (image["kind"], image["values"].tolist(), image["x_edges"].tolist(), image["y_edges"].tolist())
        for axes in (second, third)
        for image in axes["images"]
    ]
    assert edges == [
        ("QuadMesh", [[1, 2], [3, 4]], [0, 2, 4], [0, 3, 6]),
        ("AxesImage", [[1, 2], [3, 4]], [0, 1, 2], [0, 1, 2]),
    ]
    assert np.isnan(first["images"][0]["values"][1, 1])
    assert first["images"][0]["y_edges"].tolist() == [-0.5, 0.5, 1.5]  # row 0 above row 1


def test_texts_stand_at_their_place_in_data_coordinates():
    def draw():
        _figure, axes = plt.subplots()
        axes.set(xlim=(0, 10), ylim=(0, 10))
        axes.text(2, 3, "plain", ha="center", va="center")
        axes.text(0.5, 0.5, "by the axes", transform=axes.transAxes, ha="center", va="center")
        axes.annotate("noted", (4, 6), ha="center", va="center")
        axes.annotate("moved", (4, 6), xytext=(7, 8), ha="center", va="center", arrowprops={})
        axes.annotate("beside", (4, 6), xytext=(10, 10), textcoords="offset points")

    (axes,) = described(draw)["axes"]
    places = {text["text"]: tuple(round(text[key], 1) for key in ("x", "y")) for text in axes["texts"]}
    middles = {text["text"]: tuple(round(text[key], 1) for key in ("middle_x", "middle_y")) for text in axes["texts"]}
    expected = {"plain": (2, 3), "by the axes": (5, 5), "noted": (4, 6), "moved": (7, 8)}
    assert {key: places[key] for key in expected} == expected
    assert {key: pytest.approx(middles[key], abs=0.15) for key in expected} == expected
    assert 4 < places["beside"][0] < 6


def test_legends_are_described_wherever_they_are_with_the_look_of_their_signs():
    def draw():
        figure, axes = plt.subplots()
        axes.plot(X, Y, "r--", label="one")
        axes.scatter(X, Y, color=(0, 0, 1), label="two")
        axes.add_artist(axes.legend(loc="upper left"))
        axes.legend(["three"], loc="lower right")
        figure.legend(["four"])

    fields = described(draw)
    entries = [entry for axes in fields["axes"] for entry in axes["legend"]]
    assert [entry["text"] for entry in entries] == ["one", "two", "three"]
    assert [entry["color"].tolist() for entry in entries] == [[1, 0, 0, 1], [0, 0, 1, 1], [1, 0, 0, 1]]
    assert [entry["linestyle"] for entry in entries] == ["--", "", "--"]
    assert [entry["text"] for entry in fields["legend"]] == ["four"]


def test_axes_say_with_which_others_they_share_an_axis():
    def draw():
        _figure, axes = plt.subplots()
        axes.twinx()

    first, second = described(draw)["axes"]
    assert (first["shares_x"], first["shares_y"], second["shares_x"]) == ([1], [], [0])


def test_tables_are_described():
    (axes,) = described(lambda: plt.table([["5", "1"]], rowLabels=["cat"], colLabels=["cat", "dog"]))["axes"]
    assert {"row": 1, "column": 0, "text": "5"} in axes["cells"]


@pytest.mark.parametrize("size", [(6.4, 4.8), (1000, 1000), (0.01, 0.01), (1e5, 1), (20, 10)])
def test_a_picture_is_never_large(size):
    def draw():
        figure = Figure(figsize=size, dpi=2000)
        figure.subplots().plot(X, Y)
        return figure

    start = time.monotonic()
    reply = drawn_by(draw)
    assert time.monotonic() - start < 20
    assert reply["figure"]["axes"][0]["lines"][0]["x"].tolist() == X
    if reply["pixels"] is not None:
        assert reply["pixels"].dtype == torch.uint8
        assert max(reply["pixels"].shape[:2]) <= MAX_SIDE_PX


def test_the_figure_itself_is_left_as_it_was():
    figure = Figure(figsize=(30, 10), dpi=300)
    canvas = figure.canvas
    drawn_by(lambda: figure)
    assert (figure.dpi, figure.canvas, figure.get_size_inches().tolist()) == (300, canvas, [30, 10])


def test_ten_million_points_are_counted_and_not_carried():
    def draw():
        figure = Figure()
        axes = figure.subplots()
        axes.plot(np.arange(1e7), np.zeros(10_000_000))
        axes.scatter(np.arange(1e6), np.zeros(1_000_000))
        return figure

    start = time.monotonic()
    reply = drawn_by(draw)
    (axes,) = reply["figure"]["axes"]
    assert time.monotonic() - start < 30
    assert [(len(series["x"]), series["count"]) for series in (*axes["lines"], *axes["scatters"])] == [
        (MAX_POINTS, 10_000_000),
        (MAX_POINTS, 1_000_000),
    ]
    assert sum(map(len, encode(reply))) < 2**25


def test_many_lines_together_are_bounded_too():
    def draw():
        figure = Figure()
        axes = figure.subplots()
        for _ in range(60):
            axes.plot(np.arange(90_000.0), np.zeros(90_000))
        return figure

    reply = drawn_by(draw)
    assert sum(map(len, encode(reply))) < 2**25


class Raises:
    def __str__(self):
        raise RuntimeError("no text")

    __repr__ = __format__ = __len__ = __str__


class BadText(str):
    def __str__(self):
        raise RuntimeError("no text")

    def __getitem__(self, index):
        raise RuntimeError("no piece")


class BadAxes(Axes):
    def get_xlim(self):
        raise RuntimeError("no limits")

    def get_legend(self):
        raise RuntimeError("no legend")


class BadFigure(Figure):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.bad = Raises()

    def draw(self, renderer):
        raise RuntimeError("not today")


def with_bad_axes():
    figure = Figure()
    axes = BadAxes(figure, (0, 0, 1, 1))
    figure.add_axes(axes)
    axes.plot(X, Y)
    return figure


def with_bad_drawing():
    figure = BadFigure()
    figure.subplots().plot(X, Y)
    return figure


def with_bad_texts():
    figure = Figure()
    axes = figure.subplots()
    (line,) = axes.plot(X, Y)
    line._label = BadText("label")
    axes.text(0, 0, "x").get_text = lambda: Raises()
    axes.xaxis.label._text = Raises()
    axes.title._text = "y" * 10**7
    return figure


def with_limits_of_nan():
    figure = Figure()
    axes = figure.subplots()
    axes.plot(X, Y)
    axes.viewLim.intervalx = (np.nan, np.inf)
    return figure


def with_bad_artists():
    figure = Figure()
    axes = figure.subplots()
    axes.plot(X, Y)
    axes._children += [Raises(), None, 3]
    return figure


def with_ten_thousand_ticks():
    figure = Figure()
    axes = figure.subplots()
    axes.plot(X, Y)
    axes.xaxis.get_major_locator().__class__ = type("Many", (mpl.ticker.Locator,), {"__call__": lambda self: np.arange(1e4)})
    return figure


@pytest.mark.parametrize(
    "draw",
    [with_bad_axes, with_bad_drawing, with_bad_texts, with_limits_of_nan, with_bad_artists, with_ten_thousand_ticks],
)
def test_artists_that_raise_cost_what_they_say_and_no_more(draw):
    start = time.monotonic()
    fields = described(draw)
    assert time.monotonic() - start < 30
    (axes,) = fields["axes"]
    (line,) = axes["lines"] or [None]
    assert line is None or line["x"].tolist() == X
    assert len(axes["title"]) <= MAX_CHARS
