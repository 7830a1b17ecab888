"""Exceptions -> what the report shows: the class, the message, and the student's own lines."""

from __future__ import annotations

import linecache
import traceback
from types import TracebackType
from typing import Any

MAX_MESSAGE_CHARS = 2000
MAX_FRAMES = 8


class Origin:
    """Tells the student's frames from everybody else's and names them as the student knows them."""

    def __init__(self, folder: str, namespace: dict[str, Any]) -> None:
        self._folder = folder.rstrip("/") + "/"
        self.namespace = namespace

    def name(self, filename: str, frame_globals: dict[str, Any] | None) -> str | None:
        """Return the student's name for a file or cell, or None for a frame that is not hers."""
        if filename.startswith(self._folder):
            return filename.removeprefix(self._folder)
        if filename.startswith("cell "):
            return filename
        if frame_globals is self.namespace and self.namespace:
            return "a cell"
        return None


def describe_exception(error: BaseException, origin: Origin) -> dict[str, object]:
    """Return class names (its own first, then the built-in ones it derives from), message, and traceback text."""
    kinds = [base.__name__ for base in type(error).__mro__ if base.__module__ == "builtins" and base is not object]
    return {
        "types": [type(error).__name__[:200], *kinds],
        "message": _message(error),
        "traceback": _own_lines(error, origin),
    }


def _message(error: BaseException) -> str:
    try:
        text = str(error)
        if isinstance(error, KeyError) and len(error.args) == 1:
            text = f"key {error.args[0]!r}"
        return str(text[:MAX_MESSAGE_CHARS])
    except BaseException as second:  # noqa: BLE001  # __str__ is the student's
        return f"(its message cannot be shown: __str__ raised {type(second).__name__[:200]})"


def _own_lines(error: BaseException, origin: Origin) -> str:
    frames = _frames(error.__traceback__, origin)
    if isinstance(error, SyntaxError) and error.filename and (name := origin.name(error.filename, None)):
        frames.append(f"{name}, line {error.lineno}\n    {(error.text or '').strip()}")
    if len(frames) > MAX_FRAMES:
        left_out = len(frames) - MAX_FRAMES
        frames = [*frames[: MAX_FRAMES // 2], f"... {left_out} more calls ...", *frames[-(MAX_FRAMES // 2) :]]
    return "\n".join(frames)


def _frames(start: TracebackType | None, origin: Origin) -> list[str]:
    lines = []
    for frame, number in traceback.walk_tb(start):
        filename = frame.f_code.co_filename
        name = origin.name(filename, frame.f_globals)
        if name is not None:
            source = linecache.getline(filename, number, frame.f_globals).strip()
            lines.append(f"{name}, line {number}, in {frame.f_code.co_name}\n    {source[:200]}")
    return lines
