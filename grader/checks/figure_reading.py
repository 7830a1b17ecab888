"""The runner's description of a figure -> `Figure`. Every field is checked; anything of another form is a loss of the runner.

The picture is encoded here, from raw pixels: no decoder of images ever sees bytes of a submission.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import TypeVar

import numpy as np
import torch

from grader.checks.comparing import fail
from grader.checks.figure_parts import Axes, Axis, Bar, Color, Entry, Figure, Image, Look, Series, TableCell, Text, Tick
from grader.model import Verdict
from grader.solution import SolutionError

MAX_SIDE_PX = 640
MAX_CHARS = 1000
MAX_POINTS = 100_000
MAX_ITEMS = 10_000  # of one list
_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

_T = TypeVar("_T")
Fields = Mapping[object, object]


def read_figure(raw: object) -> Figure:
    """Return the figure that a call drew; fails the check where none was drawn; raises SolutionError for malformed data."""
    answer = _fields(raw)
    value_type, why = _text(answer, "value_type"), _text(answer, "why")
    if answer.get("figure") is None:
        why = why or f"an object of type {value_type} came where a matplotlib Figure should"
        fail(why, expected="a matplotlib Figure", got=_returned(value_type))
    described = _fields(answer["figure"])
    return Figure(
        axes=_items(described, "axes", _axes),
        legend=_items(described, "legend", _entry),
        title=_text(described, "title"),
        x_label=_text(described, "x_label"),
        y_label=_text(described, "y_label"),
        texts=tuple(_strings(described, "texts")),
        is_new=_flag(described, "is_new"),
        width_in=_number(described, "width_in"),
        height_in=_number(described, "height_in"),
        value_type=value_type,
        picture=_picture(answer.get("pixels")),
    )


def _returned(value_type: str) -> str:
    return "None was returned" if value_type == "NoneType" else f"an object of type {value_type}"


def _refuse(what: str) -> SolutionError:
    return SolutionError(Verdict.CRASH, f"its process broke off the exchange (a figure whose {what} is of another form)")


def _checked(is_right: bool, what: object) -> None:
    if not is_right:
        # The only place that raises: Hypothesis tells failures apart by type and line.
        raise _refuse(str(what)[:50])


def _fields(value: object) -> Fields:
    _checked(isinstance(value, dict), "description")
    assert isinstance(value, dict)
    return value


def _text(fields: Fields, key: str) -> str:
    value = fields.get(key)
    _checked(isinstance(value, str) and len(value) <= MAX_CHARS, key)
    assert isinstance(value, str)
    return value


def _number(fields: Fields, key: str) -> float:
    value = fields.get(key)
    _checked(isinstance(value, int | float) and not isinstance(value, bool), key)
    assert isinstance(value, int | float)
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _count(fields: Fields, key: str) -> int:
    value = fields.get(key)
    _checked(isinstance(value, int) and not isinstance(value, bool) and value >= 0, key)
    assert isinstance(value, int)
    return value


def _flag(fields: Fields, key: str) -> bool:
    value = fields.get(key)
    _checked(isinstance(value, bool), key)
    return value is True


def _list(fields: Fields, key: str) -> list[object]:
    value = fields.get(key)
    _checked(isinstance(value, list) and len(value) <= MAX_ITEMS, key)
    assert isinstance(value, list)
    return value


def _items(fields: Fields, key: str, read: Callable[[Fields], _T]) -> tuple[_T, ...]:
    return tuple(read(_fields(item)) for item in _list(fields, key))


def _strings(fields: Fields, key: str) -> list[str]:
    return [_text({key: item}, key) for item in _list(fields, key)]


def _array(fields: Fields, key: str, *dimensions: int) -> np.ndarray:
    value = fields.get(key)
    _checked(isinstance(value, np.ndarray) and value.dtype == np.float64 and value.ndim in dimensions, key)
    assert isinstance(value, np.ndarray)
    _checked(value.size <= 4 * MAX_POINTS, key)
    return value


def _look(fields: Fields) -> Look:
    value = fields.get("color")
    color: Color | None = None
    if value is not None:
        numbers = _array(fields, "color", 1)
        _checked(numbers.shape == (4,) and bool(((numbers >= 0) & (numbers <= 1)).all()), "color")
        red, green, blue, opacity = numbers.tolist()
        color = (red, green, blue, opacity)
    return Look(color=color, linestyle=_text(fields, "linestyle"), marker=_text(fields, "marker"))


def _series(fields: Fields) -> Series:
    x, y, count = _array(fields, "x", 1), _array(fields, "y", 1), _count(fields, "count")
    _checked(len(x) == len(y) <= count, "data")
    return Series(kind=_text(fields, "kind"), label=_text(fields, "label"), x=x, y=y, count=count, look=_look(fields))


def _bar(fields: Fields) -> Bar:
    x, y, width, height = (_number(fields, key) for key in ("x", "y", "width", "height"))
    return Bar(x=x, y=y, width=width, height=height, look=_look(fields))


def _image(fields: Fields) -> Image:
    values, x_edges, y_edges = _array(fields, "values", 2, 3), _array(fields, "x_edges", 1), _array(fields, "y_edges", 1)
    _checked((len(y_edges), len(x_edges)) == (values.shape[0] + 1, values.shape[1] + 1), "image")
    return Image(kind=_text(fields, "kind"), values=values, x_edges=x_edges, y_edges=y_edges)


def _label(fields: Fields) -> Text:
    x, y, middle_x, middle_y = (_number(fields, key) for key in ("x", "y", "middle_x", "middle_y"))
    return Text(text=_text(fields, "text"), x=x, y=y, middle_x=middle_x, middle_y=middle_y)


def _axis(fields: Fields) -> Axis:
    return Axis(
        label=_text(fields, "label"),
        scale=_text(fields, "scale"),
        low=_number(fields, "low"),
        high=_number(fields, "high"),
        ticks=_items(fields, "ticks", lambda tick: Tick(position=_number(tick, "position"), text=_text(tick, "text"))),
    )


def _entry(fields: Fields) -> Entry:
    return Entry(text=_text(fields, "text"), look=_look(fields))


def _cell(fields: Fields) -> TableCell:
    row, column = (int(_number(fields, key)) if math.isfinite(_number(fields, key)) else 0 for key in ("row", "column"))
    return TableCell(row=row, column=column, text=_text(fields, "text"))


def _axes(fields: Fields) -> Axes:
    left, bottom, width, height = (_number(_fields(fields.get("position")), key) for key in ("x", "y", "width", "height"))
    return Axes(
        kind=_text(fields, "kind"),
        position=(left, bottom, width, height),
        title=_text(fields, "title"),
        x=_axis(_fields(fields.get("x"))),
        y=_axis(_fields(fields.get("y"))),
        is_colorbar=_flag(fields, "is_colorbar"),
        shares_x=_positions(fields, "shares_x"),
        shares_y=_positions(fields, "shares_y"),
        lines=_items(fields, "lines", _series),
        scatters=_items(fields, "scatters", _series),
        bars=_items(fields, "bars", _bar),
        images=_items(fields, "images", _image),
        texts=_items(fields, "texts", _label),
        cells=_items(fields, "cells", _cell),
        legend=_items(fields, "legend", _entry),
        others=tuple(_strings(fields, "others")),
    )


def _positions(fields: Fields, key: str) -> tuple[int, ...]:
    return tuple(_count({key: item}, key) for item in _list(fields, key))


def _picture(pixels: object) -> bytes:
    if pixels is None:
        return b""
    _checked(isinstance(pixels, torch.Tensor) and pixels.dtype is torch.uint8 and pixels.ndim == 3, "picture")
    assert isinstance(pixels, torch.Tensor)
    height, width, channels = pixels.shape
    _checked(0 < height <= MAX_SIDE_PX and 0 < width <= MAX_SIDE_PX and channels in (3, 4), "picture")
    return encode_png(pixels.numpy())


def encode_png(pixels: np.ndarray) -> bytes:
    """Return pixels (h, w, 3 or 4), uint8, as a PNG file (W3C, "Portable Network Graphics", third edition)."""
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), dtype=np.uint8)  # each row starts with its filter: 0, none
    rows[:, 1:] = pixels.reshape(height, width * channels)
    header = struct.pack(">IIBBBBB", width, height, 8, 2 if channels == 3 else 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b""))
    return _PNG_SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
