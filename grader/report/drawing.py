"""Figures as inline SVG whose colours come from the page: no style attribute, no script, no font of its own.

It imports matplotlib; so it is itself imported only where a page with figures is made.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import matplotlib
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

WIDTH = 460  # of a figure, in units of its text
_POINTS = 72  # units in an inch of matplotlib
_TEXT = 11.5

# Colours that stand for classes of the style sheet.
BAR, TRACK, INK, SOFT, LINE = "#000001", "#000002", "#000003", "#000004", "#000005"
_CLASSES = {BAR: "bar", TRACK: "track", INK: "ink", SOFT: "soft", LINE: "line"}
_SETTINGS: dict[Any, Any] = {
    "axes.facecolor": "none",
    "svg.fonttype": "none",
    "svg.hashsalt": "grader",
    "font.size": _TEXT,
    "text.parse_math": False,
    "axes.linewidth": 1.0,
    "axes.edgecolor": LINE,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.color": SOFT,
    "axes.labelcolor": SOFT,
    "path.simplify": False,
}
_KEPT = ("text-anchor", "stroke-width", "stroke-linecap", "stroke-linejoin", "stroke-dasharray", "stroke-dashoffset")
_FONT_SIZE = re.compile(r"([\d.]+)px")


def plain_axes(figure: Figure) -> Axes:
    """Return axes with nothing but the line at their bottom."""
    axes: Axes = figure.subplots()
    bare(axes)
    axes.spines["bottom"].set_visible(True)
    return axes


def bare(axes: Axes) -> None:
    """Leave out the frame."""
    for spine in axes.spines.values():
        spine.set_visible(False)


@contextmanager
def figure_of(title: str, height: float) -> Iterator[tuple[Figure, Callable[[], Markup]]]:
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
