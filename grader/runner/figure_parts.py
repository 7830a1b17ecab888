"""Artists of matplotlib -> plain data: numbers, texts and arrays of bounded size. What cannot be seen is left out.

The artists are a submission's: a subclass may raise anywhere, so every piece is asked for in `attempt`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

import numpy as np

MAX_CHARS = 1000
MAX_POINTS = 100_000  # of one artist
MAX_NUMBERS = 2_000_000  # of one figure
MAX_AXES, MAX_ARTISTS, MAX_TICKS = 64, 2_000, 500
_TITLES = ("title", "_left_title", "_right_title")
_DESCRIBED = ("PathCollection", "LineCollection", "QuadMesh")

Fields = dict[str, Any]


def attempt(what: Callable[..., Any], *args: Any, otherwise: Any = None) -> Any:
    """Return what a piece of a submission's figure says, or the other value where it raises."""
    try:
        return what(*args)
    except Exception:  # noqa: BLE001  # a subclass of an artist is the student's: its methods may raise anything
        return otherwise


def each(describe: Callable[..., Any], artists: Iterable[Any], *args: Any) -> list[Any]:
    """Return the descriptions of those artists that have one."""
    descriptions = [attempt(describe, artist, *args) for artist in islice(artists, MAX_ARTISTS)]
    return [description for description in descriptions if description is not None]


def short(text: object) -> str:
    """Return a plain text of bounded length for any object."""
    plain = attempt(str.__str__, text if isinstance(text, str) else attempt(str, text), otherwise="")
    return plain[:MAX_CHARS] if type(plain) is str else ""


class Account:
    """How many numbers of one figure may still be described."""

    def __init__(self) -> None:
        self._left = MAX_NUMBERS

    def take(self, values: Any) -> np.ndarray:
        """Return the first numbers of a flat sequence, in double precision, gaps as NaN."""
        numbers: Any = np.ma.asarray(values)
        flat = numbers.reshape(-1)[: max(0, min(MAX_POINTS, self._left))]
        self._left -= len(flat)
        return np.array(np.ma.filled(flat.astype(np.float64), np.nan), dtype=np.float64)

    def has_room_for(self, count: int) -> bool:
        """Return whether that many numbers can be taken together."""
        return count <= min(MAX_POINTS, self._left)


def describe_figure(figure: Any, account: Account) -> Fields:
    """Return everything about a figure but whether it is new."""
    every = [axes for axes in islice(figure.axes, MAX_AXES) if attempt(axes.get_visible, otherwise=True)]
    titles = [attempt(getattr, figure, name) for name in ("_suptitle", "_supxlabel", "_supylabel")]
    texts = [text for text in figure.texts if all(text is not title for title in titles)]
    width, height = (float(side) for side in figure.get_size_inches())
    return {
        "axes": [_axes(axes, every, account) for axes in every],
        "legend": [entry for legend in each(_entries, figure.legends) for entry in legend],
        **{name: _seen_text(text) for name, text in zip(("title", "x_label", "y_label"), titles, strict=True)},
        "texts": [_seen_text(text) for text in texts[:MAX_ARTISTS]],
        "width_in": width,
        "height_in": height,
    }


def _seen_text(text: Any) -> str:
    """Return what a text artist shows."""
    return short(attempt(text.get_text, otherwise="")) if text is not None and attempt(_is_seen, text) else ""


def _is_seen(artist: Any) -> bool:
    return bool(artist.get_visible()) and artist.get_alpha() != 0


def _axes(axes: Any, every: list[Any], account: Account) -> Fields:
    collections = _seen(axes, "collections")
    whiskers = attempt(_whiskers, axes, otherwise=set())
    has_axis = bool(attempt(getattr, axes, "axison", otherwise=True))
    segments = [line for lines in each(_segments, collections, whiskers, account) for line in lines]
    return {
        "kind": short(attempt(getattr, axes, "name", otherwise="")),
        "position": _box(attempt(_place, axes, otherwise=(0.0, 0.0, 0.0, 0.0))),
        "title": "\n".join(filter(None, (_seen_text(attempt(getattr, axes, name)) for name in _TITLES)))[:MAX_CHARS],
        "x": _axis(axes, "x", has_axis),
        "y": _axis(axes, "y", has_axis),
        "is_colorbar": bool(attempt(_is_colorbar, axes)),
        "shares_x": attempt(_sharing, axes, every, "x", otherwise=[]),
        "shares_y": attempt(_sharing, axes, every, "y", otherwise=[]),
        "lines": [*each(_line, _seen(axes, "lines"), axes, whiskers, account), *segments],
        "scatters": each(_scatter, collections, account),
        "bars": each(_bar, _seen(axes, "patches")),
        "images": each(_image, [*_seen(axes, "images"), *collections], account),
        "texts": each(_text, _seen(axes, "texts"), axes),
        "cells": [cell for cells in each(_cells, _seen(axes, "tables")) for cell in cells],
        "legend": [entry for legend in each(_entries, attempt(_legends, axes, otherwise=[])) for entry in legend],
        "others": [short(type(item).__name__) for item in collections if type(item).__name__ not in _DESCRIBED],
    }


def _seen(axes: Any, kind: str) -> list[Any]:
    """Return the artists of a kind that can be seen."""
    return [artist for artist in islice(attempt(getattr, axes, kind, otherwise=()), MAX_ARTISTS) if attempt(_is_seen, artist)]


def _place(axes: Any) -> Any:
    return axes.get_position().bounds


def _box(bounds: Any) -> Fields:
    return {name: float(bound) for name, bound in zip(("x", "y", "width", "height"), bounds, strict=True)}


def _is_colorbar(axes: Any) -> bool:
    return hasattr(axes, "_colorbar") or axes.get_label() == "<colorbar>"


def _sharing(axes: Any, every: list[Any], direction: str) -> list[int]:
    siblings = getattr(axes, f"get_shared_{direction}_axes")().get_siblings(axes)
    return [i for i, other in enumerate(every) if other is not axes and any(other is sibling for sibling in siblings)]


def _axis(axes: Any, direction: str, has_axis: bool) -> Fields:
    axis = attempt(getattr, axes, f"{direction}axis")
    is_shown = has_axis and bool(attempt(lambda: axis.get_visible()))
    limits = attempt(lambda: [float(end) for end in getattr(axes, f"get_{direction}lim")()], otherwise=[0.0, 0.0])
    return {
        "label": _seen_text(attempt(getattr, axis, "label")) if is_shown else "",
        "scale": short(attempt(lambda: axis.get_scale(), otherwise="")),
        "low": limits[0],
        "high": limits[-1],
        "ticks": attempt(_ticks, axis, min(limits), max(limits), otherwise=[]) if is_shown else [],
    }


def count_ticks(axis: Any) -> int:
    """Return how many marks an axis has."""
    return len(axis.get_majorticklocs()) + len(axis.get_minorticklocs())


def _ticks(axis: Any, low: float, high: float) -> list[Fields]:
    slack = 1e-9 * (high - low)
    if count_ticks(axis) > MAX_TICKS:  # each is an artist, and takes as long as a small figure
        return []
    axis.get_ticklabels(which="both")  # this, too, brings positions and texts up to date
    found = []
    for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
        position = float(tick.get_loc())
        if low - slack <= position <= high + slack:
            texts = (_seen_text(tick.label1), _seen_text(tick.label2))
            found.append({"position": position, "text": next(filter(None, texts), "")})
    return found


def _look(color: Any, alpha: Any, linestyle: Any, marker: Any) -> Fields:
    from matplotlib.colors import to_rgba

    rgba = attempt(lambda: np.array(to_rgba(color, alpha), dtype=np.float64).clip(0, 1))
    return {
        "color": rgba if rgba is not None and np.isfinite(rgba).all() else None,
        "linestyle": _sign(linestyle),
        "marker": _sign(marker),
    }


def _sign(name: Any) -> str:
    return "" if name is None or (isinstance(name, str) and name in ("None", "none", " ")) else short(name)


def _look_of(artist: Any) -> Fields:
    """Return the look of any artist that may stand in a legend."""
    if hasattr(artist, "get_markerfacecolor"):
        return _line_look(artist)
    colors = np.empty((0, 4))
    for name in ("get_facecolor", "get_edgecolor"):
        if not np.any(colors[:, 3]):
            colors = np.atleast_2d(attempt(lambda name=name: getattr(artist, name)(), otherwise=np.empty((0, 4))))
    color = colors[0] if len(colors) and (colors == colors[0]).all() else None
    is_points = hasattr(artist, "get_sizes")
    return _look(color, None, "-" if hasattr(artist, "get_segments") and not is_points else "", "o" if is_points else "")


def _line_look(line: Any) -> Fields:
    look = _look(line.get_color(), line.get_alpha(), line.get_linestyle() if line.get_linewidth() else "", line.get_marker())
    if not look["linestyle"]:
        look["color"] = _look(line.get_markerfacecolor(), line.get_alpha(), "", "")["color"]
    return look


def _line(line: Any, axes: Any, whiskers: set[int], account: Account) -> Fields | None:
    look = _line_look(line)
    if not (look["linestyle"] or look["marker"]):
        return None
    is_guide = hasattr(line, "get_xy1") or not all(line.get_transform().contains_branch_seperately(axes.transData))
    kind = "whisker" if id(line) in whiskers else "guide" if is_guide else "line"
    return _series(kind, line, line.get_xdata(orig=False), line.get_ydata(orig=False), look, account)


def _series(kind: str, artist: Any, x: Any, y: Any, look: Fields, account: Account) -> Fields | None:
    """Return a line or points; None for one that shows no point at all, as those that only stand for a legend's entry."""
    xs, ys = account.take(x), account.take(y)
    known = min(len(xs), len(ys))
    if kind != "guide" and not (np.isfinite(xs[:known]) & np.isfinite(ys[:known])).any():
        return None
    label = short(artist.get_label())
    return {"kind": kind, "label": label, "x": xs[:known], "y": ys[:known], "count": max(known, int(np.size(x))), **look}


def _whiskers(axes: Any) -> set[int]:
    """Return the ids of the artists that are caps and bars of an error bar."""
    from matplotlib.container import ErrorbarContainer

    found: set[int] = set()
    for container in axes.containers:
        if isinstance(container, ErrorbarContainer):
            _, caps, bars = container.lines
            found |= {id(artist) for artist in (*caps, *bars)}
    return found


def _segments(collection: Any, whiskers: set[int], account: Account) -> list[Any] | None:
    from matplotlib.collections import LineCollection

    if not isinstance(collection, LineCollection) or id(collection) in whiskers:
        return None
    look = _look_of(collection)

    def line(segment: np.ndarray) -> Fields | None:
        return _series("segment", collection, segment[:, 0], segment[:, 1], look, account)

    return each(line, collection.get_segments())


def _scatter(collection: Any, account: Account) -> Fields | None:
    from matplotlib.collections import PathCollection

    if not isinstance(collection, PathCollection):
        return None
    offsets: Any = np.ma.asarray(collection.get_offsets())
    return _series("scatter", collection, offsets[:, 0], offsets[:, 1], _look_of(collection), account)


def _bar(patch: Any) -> Fields | None:
    from matplotlib.patches import Rectangle

    if not isinstance(patch, Rectangle):
        return None
    return {**_box((patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height())), **_look_of(patch)}


def _image(image: Any, account: Account) -> Fields | None:
    if hasattr(image, "get_coordinates"):  # a mesh: the edges of its cells, where they form a grid
        corners = np.asarray(image.get_coordinates(), dtype=np.float64)
        x_edges, y_edges = corners[0, :, 0], corners[:, 0, 1]
        values: Any = np.ma.asarray(image.get_array())
        values = values.reshape(len(y_edges) - 1, len(x_edges) - 1, *values.shape[2:])
    elif hasattr(image, "get_extent"):
        left, right, bottom, top = image.get_extent()
        if image.origin == "upper":
            bottom, top = top, bottom
        values = np.ma.asarray(image.get_array())
        x_edges, y_edges = np.linspace(left, right, values.shape[1] + 1), np.linspace(bottom, top, values.shape[0] + 1)
    else:
        return None
    if not account.has_room_for(values.size + x_edges.size + y_edges.size):
        return None
    return {
        "kind": short(type(image).__name__),
        "values": account.take(values).reshape(values.shape),
        "x_edges": account.take(x_edges),
        "y_edges": account.take(y_edges),
    }


def _text(text: Any, axes: Any) -> Fields | None:
    shown = _seen_text(text)
    if not shown.strip():
        return None
    to_data = axes.transData.inverted().transform
    box = attempt(_extent, text) if len(shown) < MAX_CHARS else None  # it takes as long as to draw it
    middle = (np.nan, np.nan) if box is None else to_data((box.x0 + box.width / 2, box.y0 + box.height / 2))
    x, y = attempt(_anchor, text, axes, otherwise=middle)
    return {"text": shown, "x": float(x), "y": float(y), "middle_x": float(middle[0]), "middle_y": float(middle[1])}


def _extent(text: Any) -> Any:
    """Return the box around a text alone, without the arrow of an annotation."""
    from matplotlib.text import Text

    if hasattr(text, "update_positions"):
        text.update_positions(text.figure.canvas.get_renderer())
    return Text.get_window_extent(text)


def _anchor(text: Any, axes: Any) -> Any:
    """Return the point, in data coordinates, at which a text was placed."""
    if hasattr(text, "xyann"):
        if text.anncoords != "data":
            raise ValueError("an offset from somewhere: where it is seen is where it is")
        place, transform = text.xyann, axes.transData
    else:
        place, transform = text.get_unitless_position(), text.get_transform()
    return axes.transData.inverted().transform(transform.transform(place))


def _cells(table: Any) -> list[Fields]:
    cells = islice(table.get_celld().items(), MAX_ARTISTS)
    return [{"row": int(row), "column": int(column), "text": _seen_text(cell.get_text())} for (row, column), cell in cells]


def _legends(axes: Any) -> list[Any]:
    from matplotlib.legend import Legend

    return [child for child in axes.get_children() if isinstance(child, Legend)]


def _entries(legend: Any) -> list[Fields] | None:
    if not _is_seen(legend):
        return None
    texts = legend.get_texts()[:MAX_ARTISTS]
    handles = [*legend.legend_handles, *(None for _ in texts)]
    unknown = {"color": None, "linestyle": "", "marker": ""}
    return [
        {"text": _seen_text(text), **attempt(_look_of, handle, otherwise=unknown)}
        for text, handle in zip(texts, handles, strict=False)
    ]
