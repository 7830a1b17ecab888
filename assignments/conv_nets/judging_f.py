"""Reads a drawn confusion matrix as a person does: which count stands in which cell, and what ticks and axes say of it.

What one question of the figure asks for is not needed to read another: without class names at the ticks the classes stand in
their order, without a word on which axis is true either may be.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.comparing import fail
from grader.checks.figures import Axes, Axis, Figure, Text, data_axes, labels_of

_PREDICTED = re.compile(r"(?<![a-z])(pred|estimat|output|guess|classified|model)", re.IGNORECASE)
_TRUE = re.compile(r"(?<![a-z])(true|truth|actual|real|target|gold|ground|reference|correct|expected)", re.IGNORECASE)
_PERHAPS_TRUE = re.compile(r"label|class", re.IGNORECASE)  # beside an axis that is the predicted one
_NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d+)?(?:\s*%)?", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d)[,'’_\u2009\u202f\xa0](?=\d{3}(?!\d))")
_OBJECT = re.compile(r"(tensor|array|np\.\w+)\(")  # str() or repr() of a tensor or NumPy scalar
_MAX_DIGITS = 18  # of a count
_SLACK = 1e-6  # of a cell: positions are computed in floating point


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The middles of a matrix's columns and rows in data coordinates, both from low to high, and its cells' sides."""

    columns: np.ndarray
    rows: np.ndarray
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reading:
    """What the cells show, by true and predicted class: the counts, -1 where there is none, and the texts."""

    counts: np.ndarray
    texts: dict[tuple[int, int], str]


def assert_counts(figure: Figure, counts: np.ndarray, names: Sequence[str], *, either_way: bool = False) -> None:
    """Every count stands, as an integer, in its cell: that of its true and its predicted class, as ticks and axes say.

    `either_way`: what the axes say of true and predicted does not matter here.
    """
    axes = matrix_axes(figure)
    cells = _cells_of(axes, len(names))
    x_orders = _orders(class_order(axes.x, names, cells.columns, cells.width), len(names), is_row=False)
    y_orders = _orders(class_order(axes.y, names, cells.rows, cells.height), len(names), is_row=True)
    predicted = None if either_way else predicted_axis(figure, axes)
    ways = [way for way in ("x", "y") if predicted in (None, way)]
    readings = [_read(*parts) for parts in itertools.product(_texts_by_cell(axes, cells), x_orders, y_orders, ways)]
    best = min(readings, key=lambda reading: int((reading.counts != counts).sum()))
    if not np.array_equal(best.counts, counts):
        _fail_at(best, counts, names)


def _fail_at(reading: Reading, counts: np.ndarray, names: Sequence[str]) -> None:
    wrong = np.argwhere(reading.counts != counts)
    true, guess = (int(index) for index in wrong[0])
    where = f"the cell of true {names[true]!r} and predicted {names[guess]!r}"
    shown = reading.texts.get((true, guess))
    what = "is empty" if shown is None else f"shows {shown!r}" + (", no integer" if reading.counts[true, guess] < 0 else "")
    message = f"{len(wrong)} of {counts.size} cells do not show their count; {where} {what}"
    if np.array_equal(reading.counts, counts.T):
        message = "the counts stand the other way round than the axes say: true and predicted are swapped"
    fail(message, expected=f"{counts[true, guess]} in {where}", got=f"{where} {what}")


def _read(texts: dict[tuple[int, int], list[str]], x_order: Sequence[int], y_order: Sequence[int], predicted: str) -> Reading:
    classes = len(x_order)
    counts, found = np.full((classes, classes), -1, dtype=np.int64), dict[tuple[int, int], str]()
    for (row, column), shown in texts.items():
        cell = (y_order[row], x_order[column]) if predicted == "x" else (x_order[column], y_order[row])
        numbers = [number for text in shown if (number := integer_in(text)) is not None]
        counts[cell] = numbers[0] if numbers else -1
        found[cell] = " ".join(shown)
    return Reading(counts=counts, texts=found)


def matrix_axes(figure: Figure) -> Axes:
    """Return the Axes with the matrix: that with most texts that hold numbers."""
    ranked = sorted(data_axes(figure), key=lambda axes: -len(_numbered(axes)))
    if not ranked:
        fail("the figure is empty", expected="a matrix with a count in each cell", got="an empty figure")
    if not _numbered(ranked[0]):
        table = bool(ranked[0].cells)
        hint = "a table has no ticks that name the classes: draw the matrix with `imshow`" if table else "`axes.text` writes them"
        got = "a table" if table else "a figure without counts"
        fail(f"no count is written in the cells; {hint}", expected="a count in each cell", got=got)
    return ranked[0]


def _numbered(axes: Axes) -> list[Text]:
    return [text for text in axes.texts if _NUMBER.search(text.text)]


def _cells_of(axes: Axes, classes: int) -> Cells:
    """Return the cells of the image or mesh, or, where there is none of this size, those that the texts themselves form."""
    for image in axes.images:
        if image.values.shape[:2] == (classes, classes):
            x, y = np.sort(image.x_edges), np.sort(image.y_edges)
            return _between((x[1:] + x[:-1]) / 2, (y[1:] + y[:-1]) / 2)
    texts = _numbered(axes)
    columns, rows = (np.unique(np.round([getattr(text, name) for text in texts], 6)) for name in ("x", "y"))
    if (len(columns), len(rows)) != (classes, classes):
        got = f"counts in {len(columns)} columns and {len(rows)} rows"
        fail("the counts do not form the matrix", expected=f"{classes} columns and {classes} rows of counts", got=got)
    return _between(columns, rows)


def _between(columns: np.ndarray, rows: np.ndarray) -> Cells:
    return Cells(columns=columns, rows=rows, width=float(np.diff(columns).min()), height=float(np.diff(rows).min()))


def _texts_by_cell(axes: Axes, cells: Cells) -> list[dict[tuple[int, int], list[str]]]:
    """Return the texts by (row, column): by where their middle is seen, and by where they were placed."""
    readings: list[dict[tuple[int, int], list[str]]] = []
    for x_name, y_name in (("middle_x", "middle_y"), ("x", "y")):
        found: dict[tuple[int, int], list[str]] = {}
        for text in _numbered(axes):
            column = _nearest(getattr(text, x_name), cells.columns, cells.width)
            row = _nearest(getattr(text, y_name), cells.rows, cells.height)
            if column is not None and row is not None:
                found.setdefault((row, column), []).append(text.text)
        readings.append(found)
    return readings


def _nearest(position: float, middles: np.ndarray, side: float) -> int | None:
    distances = np.abs(middles - position)
    if not np.isfinite(distances).all():
        return None
    index = int(distances.argmin())
    return index if distances[index] <= side * (0.5 + _SLACK) else None


def integer_in(text: str) -> int | None:
    """Return the count that a cell's text shows: its first integer that is no percentage; None for 5.0, 1e+03 or tensor(5)."""
    if _OBJECT.search(text):
        return None
    numbers = _NUMBER.findall(_THOUSANDS.sub("", text))
    return next((int(number) for number in numbers if number.isdigit() and len(number) < _MAX_DIGITS), None)


def _orders(order: Sequence[int] | None, classes: int, *, is_row: bool) -> list[Sequence[int]]:
    """Return the order of classes along an axis: what the ticks say, or, where they say nothing, from either end."""
    if order is not None:
        return [order]
    first_to_last = list(range(classes))
    return [first_to_last[::-1], first_to_last] if is_row else [first_to_last]


def class_order(axis: Axis, names: Sequence[str], middles: np.ndarray, side: float) -> list[int] | None:
    """Return the class at each column (or row), from low to high, as the ticks name them; None where one is not named."""
    places: dict[int, float] = {}
    for tick in axis.ticks:
        index = _named(tick.text, names)
        if index is not None:
            places.setdefault(index, tick.position)
    if len(places) != len(names):
        return None
    order = sorted(places, key=lambda index: places[index])
    # A tick at the edge of its cell is untidy, and still says which cell it means.
    far = [abs(places[index] - middle) > side * (0.5 + _SLACK) for index, middle in zip(order, middles, strict=True)]
    return None if any(far) else order


def _named(text: str, names: Sequence[str]) -> int | None:
    """Return the class whose name a tick's label is, or contains; line breaks and hyphens of a wrapped name do not count."""
    label = _squeezed(text)
    plain = [_squeezed(name) for name in names]
    if label in plain:
        return plain.index(label)
    contained = [index for index, name in enumerate(plain) if name and name in label]
    return max(contained, key=lambda index: len(plain[index]), default=None)


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\-\xad]+", "", text).casefold()


def predicted_axis(figure: Figure, axes: Axes) -> str | None:
    """Return the axis, "x" or "y", that says it is the predicted one, while the other says it is the true one; else None."""
    x, y = _says(figure, axes)
    if x == "predicted" and y in ("true", "perhaps"):
        return "x"
    if y == "predicted" and x in ("true", "perhaps"):
        return "y"
    return None


def _says(figure: Figure, axes: Axes) -> tuple[str, str]:
    labels = labels_of(figure, axes)
    x, y = (_meaning(label) for label in labels)
    return x or _meaning_of_ticks(axes.x), y or _meaning_of_ticks(axes.y)


def _meaning(label: str) -> str:
    found = [(match.start(), word) for word, pattern in _MEANINGS if (match := pattern.search(label))]
    return min(found)[1] if found else "perhaps" if _PERHAPS_TRUE.search(label) else ""


_MEANINGS = (("predicted", _PREDICTED), ("true", _TRUE))


def _meaning_of_ticks(axis: Axis) -> str:
    """Return what the ticks say where all of them do: "true cat", "true dog"."""
    words = {_meaning(tick.text) for tick in axis.ticks if tick.text.strip()}
    return words.pop() if len(words) == 1 else ""


def assert_axes_say_which(figure: Figure) -> None:
    """One axis says that it is the true class, the other that it is the predicted one, either way round."""
    axes = matrix_axes(figure)
    if predicted_axis(figure, axes) is None:
        x, y = labels_of(figure, axes)
        fail(
            "the axes do not say which of them is the true class and which the predicted one",
            expected="for example x label 'predicted class', y label 'true class'",
            got=f"x label {x!r}, y label {y!r}",
        )


def assert_ticks_name_the_classes(figure: Figure, names: Sequence[str]) -> None:
    """Both axes carry each class name at its column or row."""
    axes = matrix_axes(figure)
    cells = _cells_of(axes, len(names))
    for name, axis, middles, side in (("x", axes.x, cells.columns, cells.width), ("y", axes.y, cells.rows, cells.height)):
        if class_order(axis, names, middles, side) is None:
            labels = [tick.text for tick in axis.ticks if tick.text.strip()]
            fail(
                f"the ticks of the {name} axis do not carry the class names, each at its {'column' if name == 'x' else 'row'}",
                expected=f"the labels {list(names)} at {[round(float(middle), 3) for middle in middles]}",
                got=f"the labels {labels} at {[round(tick.position, 3) for tick in axis.ticks if tick.text.strip()]}",
            )
