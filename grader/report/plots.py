"""Draws a class's figures as inline SVG whose colours come from the page: no style attribute, no script, no font of its own.

It imports matplotlib; so it is itself imported only where a page with figures is made.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from grader.item_analysis.distributing import Bin, Distribution
from grader.item_analysis.questions import QuestionAnalysis
from grader.report.visible import visible
from grader.report.wording import first_line, seconds

WIDTH = 460  # of a figure, in units of its text
_POINTS = 72  # units in an inch of matplotlib
_TEXT = 11.5
_FEW_BINS = 12  # up to which the counts stand on the bars
_ROW = 21.0  # height of a question's row
_ID = 8  # characters of a question's id

# Colours that stand for classes of the style sheet.
_BAR, _TRACK, _INK, _SOFT, _LINE = "#000001", "#000002", "#000003", "#000004", "#000005"
_CLASSES = {_BAR: "bar", _TRACK: "track", _INK: "ink", _SOFT: "soft", _LINE: "line"}
_SETTINGS: dict[Any, Any] = {
    "axes.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "grader",
    "font.size": _TEXT,
    "text.parse_math": False,
    "axes.linewidth": 1.0,
    "axes.edgecolor": _LINE,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.color": _SOFT,
    "axes.labelcolor": _SOFT,
    "path.simplify": False,
}
_KEPT = ("text-anchor", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset")
_FONT_SIZE = re.compile(r"([\d.]+)px")


def score_plot(scores: Distribution) -> Markup:
    """Return the histogram of the scores in percent, with their median."""
    title = f"How many submissions have how many percent of the points; the median is {scores.median:.0f} %."
    with _figure(title, 190) as (figure, drawn):
        axes = _axes(figure)
        width = scores.bins[0].high - scores.bins[0].low
        _bars(axes, [bin.low + width / 2 for bin in scores.bins], scores.bins, width)
        axes.set_xlim(0, 100)
        axes.set_xticks([bin.low for bin in scores.bins if bin.low % 10 == 0] + [100])
        axes.set_xlabel("percent of the points")
        axes.axvline(scores.median, color=_INK, linewidth=1.5, linestyle=(0, (4, 3)), clip_on=False)
        place = ("right", -5) if scores.median > 50 else ("left", 5)
        axes.annotate(
            f"median {scores.median:.0f} %",
            (scores.median, 1.02),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            xytext=(place[1], 4),
            ha=place[0],
            color=_INK,
        )
    return drawn()


def time_plot(times: Distribution) -> Markup:
    """Return the histogram of the times that gradings took."""
    title = f"How many submissions took how long; the median is {seconds(times.median)}."
    with _figure(title, 170) as (figure, drawn):
        axes = _axes(figure)
        _bars(axes, [place + 0.5 for place in range(len(times.bins))], times.bins, 1.0)
        axes.set_xlim(0, len(times.bins))
        edges = [times.bins[0].low, *(bin.high for bin in times.bins)]
        axes.set_xticks(range(len(edges)), [f"{edge:g}" for edge in edges])
        axes.set_xlabel("seconds")
    return drawn()


def question_plot(questions: Sequence[QuestionAnalysis]) -> Markup:
    """Return each question's mean share of points as a bar and its discrimination as a dot with its interval."""
    rows = range(len(questions))
    with _figure("The mean share of points of each question and its discrimination.", _ROW * len(questions) + 62) as (
        figure,
        drawn,
    ):
        shares, discriminations = figure.subplots(1, 2, sharey=True, gridspec_kw={"width_ratios": (1, 1), "wspace": 0.12})
        for axes in (shares, discriminations):
            _bare(axes)
            axes.set_ylim(len(questions) - 0.4, -0.6)
        shares.set_yticks(rows, [first_line(visible(one.question.id), _ID) for one in questions], color=_INK)
        shares.barh(rows, [100] * len(questions), height=0.52, color=_TRACK, clip_on=False)
        shares.barh(rows, [100 * (one.mean_share or 0) for one in questions], height=0.52, color=_BAR, clip_on=False)
        shares.set_xlim(0, 100)
        shares.set_xticks((0, 50, 100), ("0", "50", "100 %"))
        shares.set_xlabel("mean share of the points")
        _dots(discriminations, questions)
    return drawn()


def _dots(axes: Axes, questions: Sequence[QuestionAnalysis]) -> None:
    found = [one.discrimination for one in questions]
    lowest = min((one.low for one in found if one.value is not None), default=0.0)
    axes.set_xlim(min(-0.3, lowest - 0.05), 1.05)
    axes.set_xticks((0, 0.5, 1), ("0", "0.5", "1"))
    axes.set_xlabel("discrimination")
    axes.tick_params(labelleft=False)
    axes.axvline(0, color=_LINE, linewidth=1)
    for row, one in enumerate(found):
        if one.value is None:
            axes.text(0.05, row, "undefined", va="center", color=_SOFT)
            continue
        axes.plot((one.low, one.high), (row, row), color=_BAR, linewidth=1.5, clip_on=False)
        axes.plot((one.value, one.value), (row, row), color=_INK, linewidth=7, solid_capstyle="round", clip_on=False)


def _axes(figure: Figure) -> Axes:
    axes: Axes = figure.subplots()
    _bare(axes)
    axes.spines["bottom"].set_visible(True)
    return axes


def _bare(axes: Axes) -> None:
    for spine in axes.spines.values():
        spine.set_visible(False)


def _bars(axes: Axes, places: Sequence[float], bins: Sequence[Bin], width: float) -> None:
    """Draw a histogram: the counts stand on the bars or, where there are many, on an axis."""
    highest = max(bin.count for bin in bins)
    axes.bar(places, [bin.count for bin in bins], width=0.92 * width, color=_BAR, clip_on=False)
    axes.set_ylim(0, 1.16 * highest)
    if len(bins) > _FEW_BINS:
        axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        axes.grid(axis="y", color=_LINE, linewidth=1)
        axes.set_axisbelow(True)
        return
    axes.set_yticks([])
    for place, bin in zip(places, bins, strict=True):
        if bin.count:
            axes.annotate(
                f"{bin.count:,}", (place, bin.count), textcoords="offset points", xytext=(0, 4), ha="center", color=_INK
            )


@contextmanager
def _figure(title: str, height: float) -> Iterator[tuple[Figure, Callable[[], Markup]]]:
    """Give a figure to draw on, under settings that are ours alone, and what returns it as SVG once it is drawn."""
    drawn: list[Markup] = []
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a letter that its font lacks; the page has fonts of its own
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        figure = Figure(figsize=(WIDTH / _POINTS, height / _POINTS), layout="constrained", facecolor="none")
        FigureCanvasSVG(figure)
        yield figure, lambda: drawn[0]
        written = StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None})
    drawn.append(_cleaned(written.getvalue(), title))


def _cleaned(source: str, title: str) -> Markup:
    """Return matplotlib's SVG as a part of a page: named, as wide as its place, without styles and references."""
    root = ElementTree.fromstring(source)
    for parent in list(root.iter()):
        for child in list(parent):
            if _name(child) in ("metadata", "defs"):
                parent.remove(child)
    for element in root.iter():
        element.tag = _name(element)
        _unstyle(element)
    _, _, width, height = root.attrib["viewBox"].split()
    root.attrib.clear()
    root.attrib.update({"class": "plot", "viewBox": f"0 0 {width} {height}", "role": "img", "stroke-linejoin": "round"})
    name = ElementTree.Element("title")
    name.text = title
    root.insert(0, name)
    return Markup(ElementTree.tostring(root, encoding="unicode"))  # the serialiser escapes every text


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _unstyle(element: ElementTree.Element) -> None:
    """Turn the style attribute into presentation attributes, and its colours into classes."""
    declared = [pair.partition(":") for pair in element.attrib.pop("style", "").split(";") if pair.strip()]
    styles = {key.strip(): value.strip() for key, _, value in declared}
    element.attrib.pop("id", None)
    if element.attrib.get("transform", "").startswith("rotate(-0 "):
        del element.attrib["transform"]
    if size := _FONT_SIZE.search(styles.get("font-size", styles.get("font", ""))):
        element.set("font-size", size[1])
    classes = [f"{key}-{_CLASSES[styles[key]]}" for key in ("fill", "stroke") if styles.get(key) in _CLASSES]
    for key in ("fill", "stroke"):
        if styles.get(key) == "none":
            element.set(key, "none")
    if classes:
        element.set("class", " ".join(classes))
    for key in _KEPT:
        if key in styles:
            element.set(key, styles[key])
