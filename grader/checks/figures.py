"""What checks say about a figure that a submission drew. The figure comes as data; nothing of matplotlib is needed here.

    figure = solution.plot_losses.figure(history)                      # -> Figure; fails the check where none was drawn
    axes = the_axes(figure)                                            # the one Axes that shows data; fails for two
    found = assert_data(figure, {"train": (steps, losses), "test": (other_steps, other_losses)}, scatter=True)
    assert_log_scale(axes, "y")
    assert_axes_labelled(figure, wrong_on_x="loss")                    # fails too where the two labels are swapped
    assert_legend_tells_apart(figure, found)                           # entries contain "train", "test", at the right lines
    assert_new_figure(figure)                                          # the call drew on no figure that was there before

`assert_data` takes the whole figure: exactly these data and no further line (`scatter=True`: or points; `more=True`: further
lines may be there). Points may come in any order; positions 0, 1, 2 whose ticks are labelled with the numbers are as good as the
numbers; caps and bars of error bars, filled bands, markers on a line's own points are no further line; axhline and the like are
one. `series_of(axes)` gives all that is drawn, `labels_of(figure, axes)` what a reader takes for the labels of an Axes. The data
classes are in `figure_parts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from grader.checks.comparing import fail
from grader.checks.figure_parts import Axes, Axis, Entry, Figure, Image, Look, Series, Text, Tick
from grader.checks.figure_reading import read_figure

__all__ = [  # the one door for checks
    "DATA_RTOL",
    "Axes",
    "Axis",
    "Entry",
    "Figure",
    "Image",
    "Look",
    "Series",
    "Text",
    "Tick",
    "assert_axes_labelled",
    "assert_data",
    "assert_legend_tells_apart",
    "assert_log_scale",
    "assert_new_figure",
    "data_axes",
    "labels_of",
    "legend_of",
    "lines_or_scatter",
    "read_figure",
    "series_of",
    "the_axes",
]

# Data may have passed through single precision on the way into the figure: a few units in its last place.
DATA_RTOL = 4 * float(np.finfo(np.float32).eps)
SAME_COLOR = 1.5 / 255  # of one channel: colours that differ by less than a step of a screen are one colour
_MAX_SHOWN_POINTS = 8


def data_axes(figure: Figure) -> tuple[Axes, ...]:
    """Return the Axes that show something, colour bars left out."""
    return tuple(
        axes
        for axes in figure.axes
        if not axes.is_colorbar and (series_of(axes) or axes.bars or axes.images or axes.texts or axes.cells or axes.others)
    )


def the_axes(figure: Figure) -> Axes:
    """Return the one Axes that shows something; fails the check where there is none, or more."""
    shown = data_axes(figure)
    if len(shown) != 1:
        what = "is empty" if not shown else f"has {len(shown)} Axes where everything belongs on one"
        fail(f"the figure {what}{_stale(figure)}", expected="one Axes with the data", got=_content(figure))
    return shown[0]


def series_of(axes: Axes) -> tuple[Series, ...]:
    """Return the lines and scattered points of an Axes; caps and bars of error bars are no lines of their own."""
    return tuple(series for series in (*axes.lines, *axes.scatters) if series.kind != "whisker")


def lines_or_scatter(axes: Axes) -> tuple[Series, ...]:
    """Return what an Axes shows as data: lines and scattered points, without guides (axhline) and error bars."""
    return tuple(series for series in series_of(axes) if series.kind != "guide")


def legend_of(figure: Figure) -> tuple[Entry, ...]:
    """Return the entries of all legends, those of the Axes and those of the figure."""
    return (*(entry for axes in figure.axes for entry in axes.legend), *figure.legend)


def labels_of(figure: Figure, axes: Axes) -> tuple[str, str]:
    """Return the labels of both axes as a reader finds them: its own, that of an Axes that shares the axis, or the figure's."""
    shared_x = [figure.axes[i].x.label for i in axes.shares_x if i < len(figure.axes)]
    shared_y = [figure.axes[i].y.label for i in axes.shares_y if i < len(figure.axes)]
    x, y = [axes.x.label, *shared_x, figure.x_label], [axes.y.label, *shared_y, figure.y_label]
    return _first_of(x), _first_of(y)


def _first_of(labels: Iterable[str]) -> str:
    return next((label for label in labels if label.strip()), "")


def assert_new_figure(figure: Figure) -> None:
    """The call made the figure itself and did not draw on one that was there before it."""
    if not figure.is_new:
        fail(
            "the call drew on a figure that was there before it, so that a second call draws over the first: start with "
            "`figure, axes = plt.subplots()`",
            expected="a new figure for each call",
            got="a figure that is older than the call",
        )


def assert_log_scale(axes: Axes, direction: str) -> None:
    """The axis ("x" or "y") is logarithmic; the data themselves are not."""
    axis = axes.x if direction == "x" else axes.y
    if axis.scale not in ("log", "symlog"):
        fail(
            f"the {direction} axis is {axis.scale or 'of no scale'}: `axes.set_{direction}scale('log')` makes it logarithmic",
            expected=f"a logarithmic {direction} axis",
            got=f"a {direction} axis of scale {axis.scale!r} from {axis.low:.4g} to {axis.high:.4g}",
        )


def assert_axes_labelled(figure: Figure, *, wrong_on_x: str = "") -> None:
    """Every Axes with data says what both its axes show; `wrong_on_x` is a word that belongs to the y axis."""
    shown = data_axes(figure)
    if not shown:
        fail("the figure is empty", expected="an Axes with data and a label at both axes", got=_content(figure))
    for axes in shown:
        x, y = labels_of(figure, axes)
        missing = [name for name, label in (("x", x), ("y", y)) if not label]
        got = f"x label {x!r}, y label {y!r}"
        if missing:
            how = " and ".join(f"`axes.set_{name}label(...)`" for name in missing)
            which = "neither axis has a label" if len(missing) == 2 else f"the {missing[0]} axis has no label"
            fail(f"{which}: {how}", expected="a label at both axes", got=got)
        word = wrong_on_x.casefold()
        if word and word in x.casefold() and word not in y.casefold():
            fail("the labels of the two axes are swapped", expected=f"{wrong_on_x!r} at the y axis", got=got)


def assert_data(
    figure: Figure, wanted: Mapping[str, tuple[Any, Any]], *, scatter: bool = False, more: bool = False
) -> dict[str, Series]:
    """The figure shows exactly these data, each as one line (`scatter`: or as points); returns what shows them.

    `wanted` holds x and y, sequences, arrays or tensors of one length, by the name that the legend must contain. Nothing else
    may be drawn, unless `more` is allowed.
    """
    places = [(axes, series) for axes in data_axes(figure) for series in series_of(axes)]
    if not scatter:
        places = [(axes, series) for axes, series in places if series.kind != "scatter"]
    left, found = list(places), dict[str, Series]()
    for name, data in wanted.items():
        x, y = _numbers(data[0]), _numbers(data[1])
        # Where two wanted lines agree in their data either stands for either, so the first that fits will do.
        match = next((place for place in left if _shows(*place, x, y)), None)
        if match is not None:
            left.remove(match)
            found[name] = match[1]
    _assert_nothing_is_missing(figure, wanted, found, left, scatter=scatter)
    if not more:
        _assert_nothing_else(figure, wanted, found, [series for _, series in left])
    return found


def _assert_nothing_else(
    figure: Figure, wanted: Mapping[str, tuple[Any, Any]], found: Mapping[str, Series], left: Sequence[Series]
) -> None:
    others = [series for series in left if not _is_mark_on(series, found.values())]
    if others:
        what = "a guide such as axhline counts as one" if any(s.kind == "guide" for s in others) else "only the data belong here"
        fail(
            f"{len(others)} more line{'s are' if len(others) > 1 else ' is'} drawn than should be; {what}{_stale(figure)}",
            expected=_wanted_text(wanted),
            got="; ".join(map(_series_text, [*found.values(), *others])),
        )


def _assert_nothing_is_missing(
    figure: Figure,
    wanted: Mapping[str, tuple[Any, Any]],
    found: Mapping[str, Series],
    left: Sequence[tuple[Axes, Series]],
    *,
    scatter: bool,
) -> None:
    for name, data in wanted.items():
        if name in found:
            continue
        x, y = _numbers(data[0]), _numbers(data[1])
        hint = next((hint for _, series in left if (hint := _likeness(series, x, y))), "")
        if not hint and not left:
            hint = _instead(figure, scatter=scatter)
        fail(
            f"no line shows the data of {name}{'; ' if hint else ''}{hint}{_stale(figure)}",
            expected=f"a line {'or points ' if scatter else ''}{_points_text(x, y)} for {name}",
            got=_content(figure),
        )


def _shows(axes: Axes, series: Series, x: np.ndarray, y: np.ndarray) -> bool:
    if series.kind == "guide" or series.count != len(x) or len(series.x) != len(x):
        return False
    if _agree(series.x, series.y, x, y):
        return True
    positions = _labelled(axes.x, series.x)
    return positions is not None and _agree(positions, series.y, x, y)


def _agree(x: np.ndarray, y: np.ndarray, wanted_x: np.ndarray, wanted_y: np.ndarray) -> bool:
    """Return whether both are the same points, in any order."""
    order, wanted_order = np.lexsort((y, x)), np.lexsort((wanted_y, wanted_x))
    return _near(x[order], wanted_x[wanted_order]) and _near(y[order], wanted_y[wanted_order])


def _near(got: np.ndarray, wanted: np.ndarray) -> bool:
    return bool(np.isclose(got, wanted, rtol=DATA_RTOL, atol=0.0, equal_nan=True).all())


def _labelled(axis: Axis, positions: np.ndarray) -> np.ndarray | None:
    """Return the numbers that ticks print at these positions, where all of them have one."""
    printed = {tick.position: number for tick in axis.ticks if (number := _number_in(tick.text)) is not None}
    numbers = [printed.get(float(position)) for position in positions]
    return None if None in numbers else np.array(numbers, dtype=np.float64)


def _number_in(text: str) -> float | None:
    try:
        return float(text.strip().replace("−", "-").replace(",", ""))
    except ValueError:
        return None


def _is_mark_on(series: Series, found: Iterable[Series]) -> bool:
    """Return whether these are only marks at points that a line or scatter shows already."""
    if series.kind != "scatter" and series.look.linestyle:
        return False
    others = [other for other in found if other.count >= series.count]
    if not others:
        return False
    points = set(zip(series.x.tolist(), series.y.tolist(), strict=True))
    return any(points <= set(zip(other.x.tolist(), other.y.tolist(), strict=True)) for other in others)


def _likeness(series: Series, x: np.ndarray, y: np.ndarray) -> str:
    """Say what simple change makes the wanted data of a line that is drawn."""
    if series.count != len(x):
        return f"a line of {series.count} points came where one of {len(x)} should"
    order = np.arange(len(x), dtype=np.float64)
    changes = (
        ("x and y are swapped", (y, x)),
        ("the line is drawn over the positions 0, 1, 2, ... and not over its x values", (order, y)),
        ("the line is drawn over the positions 1, 2, 3, ... and not over its x values", (order + 1, y)),
        ("the values are 100 times too large: draw them as they are given", (x, 100 * y)),
        ("the values are drawn as 1 - y", (x, 1 - y)),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (("the logarithm is drawn: draw the values and make the axis logarithmic", (x, f(y))) for f in (np.log, np.log10))
        for sentence, (a, b) in (*changes, *logs):
            if _agree(series.x, series.y, a, b):
                return sentence
    if _near(np.sort(series.x), np.sort(x)):
        return "a line over these x values has other y values"
    return ""


def _instead(figure: Figure, *, scatter: bool) -> str:
    shown = data_axes(figure)
    if not shown:
        return "the figure is empty"
    if not scatter and any(axes.scatters for axes in shown):
        return "points are drawn, and no line: `axes.plot(x, y)` draws one"
    if any(axes.bars for axes in shown):
        return "bars are drawn, and no line: `axes.plot(x, y)` draws one"
    return ""


def assert_legend_tells_apart(figure: Figure, series: Mapping[str, Series]) -> None:
    """A legend, of an Axes or of the figure, has an entry with each name (in any case) that leads to the series of that name."""
    entries = legend_of(figure)
    names = {name: name.casefold() for name in series}
    shown = ", ".join(repr(entry.text) for entry in entries) or "no legend"
    expected = "a legend with an entry for each of " + ", ".join(names)
    if not entries:
        hint = ": the lines have labels; `axes.legend()` shows them" if _any_label(names.values(), series) else ""
        fail(f"there is no legend{hint}", expected=expected, got=shown)
    drawn = [item for axes in data_axes(figure) for item in lines_or_scatter(axes)]
    for name, word in names.items():
        others = [other for other in names.values() if other not in word]
        own = [entry for entry in entries if word in entry.text.casefold()]
        alone = [entry for entry in own if not any(other in entry.text.casefold() for other in others)]
        if not own:
            fail(f"no entry of the legend contains {name!r}", expected=expected, got=shown)
        if not alone:
            fail(f"no entry of the legend stands for {name} alone", expected=expected, got=shown)
        _assert_entry_means(alone, name, series, drawn)


def _any_label(words: Iterable[str], series: Mapping[str, Series]) -> bool:
    return any(word in item.label.casefold() for word in words for item in series.values())


def _assert_entry_means(entries: Sequence[Entry], name: str, series: Mapping[str, Series], drawn: Sequence[Series]) -> None:
    expected = f"the sign beside {name!r} looks like the line of {name}"
    meant = [item for entry in entries for item in _meant(entry, drawn)]
    wrong = [item for item in meant if not _same_data(item, series[name])]
    if not meant:
        fail(f"the sign beside {entries[0].text!r} looks like no line", expected=expected, got=_look_text(entries[0].look))
    if wrong and len(wrong) == len(meant):
        other = next((key for key, item in series.items() if _same_data(item, wrong[0])), "another line")
        fail(f"the legend says {entries[0].text!r} at the line of {other}", expected=expected, got=f"it is that of {other}")
    if wrong:
        fail("the lines look the same, so the legend does not tell them apart", expected=expected, got=_look_text(wrong[0].look))


def _meant(entry: Entry, drawn: Sequence[Series]) -> list[Series]:
    """Return the series that a reader takes an entry for: those that look like its sign."""
    fitting = [item for item in drawn if _same_color(item.look, entry.look)]
    if not fitting or entry.look.color is None:
        fitting = fitting or [item for item in drawn if item.look.color is None or entry.look.color is None]
        return [item for item in fitting if item.label == entry.text]
    for narrower in (
        [item for item in fitting if item.look.linestyle == entry.look.linestyle],
        [item for item in fitting if (item.look.linestyle, item.look.marker) == (entry.look.linestyle, entry.look.marker)],
    ):
        fitting = narrower or fitting
    return fitting


def _same_color(left: Look, right: Look) -> bool:
    if left.color is None or right.color is None:
        return False
    return all(abs(a - b) <= SAME_COLOR for a, b in zip(left.color[:3], right.color[:3], strict=True))


def _same_data(left: Series, right: Series) -> bool:
    if left is right:
        return True
    return left.count == right.count and len(left.x) == len(right.x) and _agree(left.x, left.y, right.x, right.y)


def _numbers(values: Any) -> np.ndarray:
    return np.array([float(value) for value in values], dtype=np.float64)


def _stale(figure: Figure) -> str:
    return "" if figure.is_new else " (the call drew on a figure that was there before it)"


def _content(figure: Figure) -> str:
    shown = [_axes_text(axes) for axes in data_axes(figure)]
    return "; and another Axes with ".join(shown) or "an empty figure"


def _axes_text(axes: Axes) -> str:
    parts = [_series_text(series) for series in series_of(axes)[:6]]
    for count, word in ((len(axes.bars), "bar"), (len(axes.images), "image"), (len(axes.texts), "text")):
        parts += [f"{count} {word}{'s' if count > 1 else ''}"] if count else []
    return "; ".join(parts) or "other things"


def _series_text(series: Series) -> str:
    what = {"scatter": "points", "guide": "a guide"}.get(series.kind, "a line")
    return f"{what} {_points_text(series.x, series.y, series.count)}"


def _points_text(x: np.ndarray, y: np.ndarray, count: int | None = None) -> str:
    points = [f"({a:.6g}, {b:.6g})" for a, b in zip(x[:_MAX_SHOWN_POINTS], y[:_MAX_SHOWN_POINTS], strict=True)]
    more = (len(x) if count is None else count) - len(points)
    return "through " + ", ".join(points) + (f" and {more} more" if more > 0 else "")


def _wanted_text(wanted: Mapping[str, tuple[Any, Any]]) -> str:
    return "; ".join(f"{name}: a line {_points_text(_numbers(x), _numbers(y))}" for name, (x, y) in wanted.items())


def _look_text(look: Look) -> str:
    color = "no colour" if look.color is None else "colour #" + "".join(f"{round(c * 255):02x}" for c in look.color[:3])
    return f"{color}, stroke {look.linestyle or 'none'}, marker {look.marker or 'none'}"
