"""Runs a call that draws with matplotlib, finds the figure that it drew, and describes it as plain data with its pixels.

Every style counts that shows a figure in a notebook: one that returns it, or an Axes, or lines of it; `plt.show()` without a
return; the current figure of pyplot; one that was saved and closed. What is said here is said by the submission's own process.
"""

from __future__ import annotations

import functools
import warnings
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np
import torch

from grader.runner.figure_parts import Account, attempt, count_ticks, describe_figure, short

MAX_SIDE_PX = 640
MAX_DRAWN_POINTS = 2_000_000  # of a picture: it would take seconds to draw more
_MAX_FIGURES = 50  # made by one call, that are kept
_MAX_ITEMS = 50  # of a returned tuple, list, array or dict that are looked at
_MAX_DEPTH = 3
_USUAL_DPI = 100.0
_POINTS_PER_PIXEL = 10  # an image's pixel is drawn so much faster than a point of a line
_POINTS_PER_LETTER, _POINTS_PER_TICK = 40, 2000  # and these so much slower
_MARK = "_drawn_by_an_earlier_call"


def drawn_by(call: Callable[[], object]) -> dict[str, object]:
    """Run a call and return what it drew: "figure" (None when nothing), "why" there is none, "pixels", "value_type".

    It starts with no figure of earlier calls, as a cell of a notebook does, but with an empty one that is the current one:
    a call that makes no figure of its own draws on that, and its figure is not new.
    """
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    plt.switch_backend("agg")  # a notebook's own closes what it shows
    _clear_away(plt)
    current = plt.figure() if plt.fignum_exists(1) else plt.figure(1)
    made: deque[Any] = deque(maxlen=_MAX_FIGURES)
    try:
        with _noting(Figure, made):
            value = call()
        chosen = _figure_in(value)
        if chosen is None:
            found_again = [plt.gcf()] if plt.get_fignums() else []
            chosen = _last_drawn([*found_again, current], [figure for figure in made if attempt(_is_shown, figure)])
        if chosen is None:
            return _nothing(value, is_lost=bool(made))
        return _described(chosen, value, is_new=any(chosen is figure for figure in made))
    finally:
        plt.close(current)
        for figure in made:
            attempt(setattr, figure, _MARK, True)


def _clear_away(plt: Any) -> None:
    """Empty the named figures of earlier calls, which a call may find again, and close all others."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        if getattr(figure, _MARK, False) and attempt(figure.get_label):
            attempt(figure.clear)
        else:
            plt.close(figure)


@contextmanager
def _noting(kind: Any, made: deque[Any]) -> Iterator[None]:
    """Note every figure that is made meanwhile; let `show` pass in silence, as there is no screen."""
    original = kind.__init__

    @functools.wraps(original)
    def initialise(self: Any, *args: Any, **kwargs: Any) -> None:
        made.append(self)
        original(self, *args, **kwargs)

    kind.__init__ = initialise
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*is non-interactive, and thus cannot be shown")
            yield
    finally:
        kind.__init__ = original


def _figure_in(value: object, depth: int = 0) -> Any:
    """Return the figure that a returned value is, belongs to, or holds; None when there is none."""
    from matplotlib.artist import Artist
    from matplotlib.figure import Figure

    if isinstance(value, Figure):
        return value
    if isinstance(value, Artist):
        return attempt(_root, value)
    items = attempt(_items, value, otherwise=()) if depth < _MAX_DEPTH else ()
    found = (_figure_in(item, depth + 1) for item in islice(items, _MAX_ITEMS))
    return next((figure for figure in found if figure is not None), None)


def _items(value: Any) -> Any:
    """Return what a value holds, where that may be a part of a figure."""
    if isinstance(value, tuple | list | set | deque):
        return value
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, np.ndarray):
        return value.flat if value.dtype == object else ()
    is_drawn = type(value).__module__.partition(".")[0] in ("matplotlib", "sklearn")  # a canvas, a colour bar, a display
    return [attempt(getattr, value, name) for name in ("figure", "figure_", "ax", "ax_")] if is_drawn else ()


def _root(artist: Any) -> Any:
    from matplotlib.figure import Figure

    figure = artist.figure
    while figure is not None and not isinstance(figure, Figure):  # a part of a figure
        figure = figure.figure
    return figure


def _last_drawn(older: list[Any], made: list[Any]) -> Any:
    """Return the last figure with Axes, or else the last with anything; an empty one that the call made; or None."""
    for has in (_has_axes, _has_anything):
        for figure in reversed([*older, *made]):
            if attempt(has, figure):
                return figure
    return made[-1] if made else None


def _is_shown(figure: Any) -> bool:
    return getattr(figure, "number", None) is not None  # pyplot's own, which a notebook shows without a return


def _has_axes(figure: Any) -> bool:
    return bool(figure.axes)


def _has_anything(figure: Any) -> bool:
    return len(figure.get_children()) > 1  # the first is its background


def _described(figure: Any, value: object, *, is_new: bool) -> dict[str, object]:
    with _drawable(figure):
        pixels = attempt(_pixels, figure)
        description = {"is_new": is_new, **describe_figure(figure, Account())}
    return {"figure": description, "why": "", "pixels": pixels, "value_type": short(type(value).__name__)}


def _nothing(value: object, *, is_lost: bool) -> dict[str, object]:
    kind = short(type(value).__name__)
    why = f"an object of type {kind} came where a matplotlib Figure should"
    if is_lost:
        why = "a Figure was made, and neither returned nor made by pyplot, so that nobody sees it: return it"
    elif value is None:
        why = "nothing was drawn and nothing returned: make a figure with `figure, axes = plt.subplots()` and return it"
    return {"figure": None, "why": why, "pixels": None, "value_type": kind}


@contextmanager
def _drawable(figure: Any) -> Iterator[None]:
    """Give a figure a canvas of pixels, with a resolution at which no side is longer than allowed."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas, dpi = figure.canvas, figure.dpi
    FigureCanvasAgg(figure)
    figure.set_dpi(min(_USUAL_DPI, MAX_SIDE_PX / float(max(figure.get_size_inches()))))
    try:
        yield
    finally:
        attempt(figure.set_dpi, dpi)
        attempt(figure.set_canvas, canvas)


def _pixels(figure: Any) -> torch.Tensor | None:
    """Return the drawn figure (h, w, 4), uint8, or None where it is too much to draw."""
    if _effort(figure) > MAX_DRAWN_POINTS:
        return None
    figure.canvas.draw()
    pixels = np.array(figure.canvas.buffer_rgba(), dtype=np.uint8)[:MAX_SIDE_PX, :MAX_SIDE_PX]
    return torch.from_numpy(np.ascontiguousarray(pixels)) if pixels.ndim == 3 and pixels.size else None


def _effort(figure: Any) -> int:
    """Return how long it takes to draw a figure, in points of a line."""
    from matplotlib.text import Text

    count = 0
    for axes in figure.axes:
        count += _POINTS_PER_TICK * sum(count_ticks(axis) for axis in (axes.xaxis, axes.yaxis))
        count += sum(len(line.get_xdata()) for line in axes.lines)
        count += sum(len(collection.get_offsets()) for collection in axes.collections)
        count += sum(int(np.size(image.get_array())) for image in axes.images) // _POINTS_PER_PIXEL
    if count <= MAX_DRAWN_POINTS:  # to look for texts makes all the ticks
        count += _POINTS_PER_LETTER * sum(len(text.get_text()) for text in figure.findobj(Text))
    return count
