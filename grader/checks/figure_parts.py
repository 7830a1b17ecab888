"""What a drawn figure is, as data: frozen values that the judge read from the runner's description. No matplotlib here.

What cannot be seen is not there: invisible artists, lines without stroke and marker, labels of an axis that is switched off.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

Color = tuple[float, float, float, float]  # red, green, blue, opacity, each 0 to 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a line, a set of points or the sign beside a legend's text looks."""

    color: Color | None  # None: more than one, or none that could be read
    linestyle: str  # "-", "--", ":", "-." or "" for no stroke
    marker: str  # matplotlib's name, "" for none


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """One line, or one set of scattered points, in data coordinates.

    `kind`: "line"; "scatter"; "guide" for axhline, axvline and axline, which have no data of their own; "segment" for one
    line of a LineCollection (hlines, vlines); "whisker" for caps and bars of an error bar.
    """

    kind: str
    label: str
    x: np.ndarray  # (n,) float64, at most 100,000 points of `count`
    y: np.ndarray
    count: int
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One rectangle: its lower left corner and sides, in data coordinates."""

    x: float
    y: float
    width: float
    height: float
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Image:
    """An image or a mesh: `values` (rows, columns) or (rows, columns, channels), and the edges of its cells.

    Row r lies between `y_edges[r]` and `y_edges[r + 1]`, column c between `x_edges[c]` and `x_edges[c + 1]`.
    """

    kind: str  # "AxesImage", "QuadMesh", ...
    values: np.ndarray
    x_edges: np.ndarray  # (columns + 1,)
    y_edges: np.ndarray  # (rows + 1,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text inside of an Axes: the point it was placed at and the middle of what is seen, both in data coordinates."""

    text: str
    x: float
    y: float
    middle_x: float
    middle_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis; the text is what its formatter prints."""

    position: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One direction of an Axes."""

    label: str
    scale: str  # "linear", "log", "symlog", ...
    low: float  # limits from left to right, or from bottom to top
    high: float
    ticks: tuple[Tick, ...]  # inside of the limits; those with a text and those without

    @property
    def is_inverted(self) -> bool:
        """Whether numbers fall from left to right, or from bottom to top."""
        return self.low > self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a legend."""

    text: str
    look: Look


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """One cell of a table that was drawn with `Axes.table`."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """One coordinate system with everything in it."""

    kind: str  # "rectilinear", "polar", "3d"
    position: tuple[float, float, float, float]  # left, bottom, width, height; fractions of the figure
    title: str
    x: Axis
    y: Axis
    is_colorbar: bool
    shares_x: tuple[int, ...]  # positions in Figure.axes of the others with the same x axis (twinx, sharex)
    shares_y: tuple[int, ...]
    lines: tuple[Series, ...]
    scatters: tuple[Series, ...]
    bars: tuple[Bar, ...]
    images: tuple[Image, ...]
    texts: tuple[Text, ...]
    cells: tuple[TableCell, ...]
    legend: tuple[Entry, ...]
    others: tuple[str, ...]  # type names of further artists: PolyCollection, Wedge, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What one call drew."""

    axes: tuple[Axes, ...]
    legend: tuple[Entry, ...]  # of the figure itself; those of the Axes are theirs
    title: str  # suptitle
    x_label: str  # supxlabel
    y_label: str  # supylabel
    texts: tuple[str, ...]  # further texts of the figure
    is_new: bool  # made by this very call; False: drawn on a figure that was there before it
    width_in: float
    height_in: float
    value_type: str  # of what the call returned
    picture: bytes = field(repr=False)  # PNG, made by the judge from raw pixels; empty when it could not be drawn
