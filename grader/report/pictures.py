"""Says whether a text is a picture that a page may show: a PNG of a size for which no reader's browser runs short."""

from __future__ import annotations

import base64
import re

MAX_CHARACTERS = 4_000_000  # of its base64
MAX_SIDE_PX = 4096

_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_SIGNATURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
_SIDES = slice(16, 24)  # of the file: width and height, four bytes each


def size_of(picture: str) -> tuple[int, int] | None:
    """Return the width and the height of a PNG in base64, in pixels; None for what a page does not show."""
    if len(picture) > MAX_CHARACTERS or len(picture) % 4 or not _BASE64.fullmatch(picture):
        return None
    start = base64.b64decode(picture[:32])
    sides = start[_SIDES]
    if not start.startswith(_SIGNATURE) or len(sides) < 8:
        return None
    width, height = int.from_bytes(sides[:4]), int.from_bytes(sides[4:])
    return (width, height) if 0 < width <= MAX_SIDE_PX and 0 < height <= MAX_SIDE_PX else None
