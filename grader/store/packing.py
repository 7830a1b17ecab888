"""Values <-> what a column holds: any text, and JSON that is squeezed where that makes it shorter."""

from __future__ import annotations

import json
import zlib
from typing import Any

from grader.store.failing import DamagedRecord

_SQUEEZED = b"x"  # zlib's first byte; no JSON text begins so


def bound(text: str) -> str | bytes:
    """Return what a column can hold: the text itself, or bytes where it has lone surrogates, which SQLite's text has not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def unbound(value: str | bytes) -> str:
    """Return the text that `bound` was given."""
    if isinstance(value, str):
        return value
    try:
        return value.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise DamagedRecord(f"a text cannot be decoded: {error.reason}") from error


def json_text(value: Any) -> str:
    """Return a value as JSON on one line, keeping every character: two lone surrogates in a row stay two.

    Raises ValueError for a number that JSON does not have.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def json_value(text: str) -> Any:
    """Return the value of JSON text."""
    try:
        return json.loads(text)
    except ValueError as error:
        raise DamagedRecord(f"a record is not JSON: {error}") from error


def packed(text: str) -> bytes:
    """Return JSON text as bytes, squeezed where that makes them fewer."""
    plain = text.encode("utf-8", "surrogatepass")
    squeezed = zlib.compress(plain)
    return squeezed if len(squeezed) < len(plain) else plain


def unpacked(data: bytes) -> str:
    """Return the text that `packed` was given."""
    try:
        return unbound(zlib.decompress(data) if data.startswith(_SQUEEZED) else data)
    except zlib.error as error:
        raise DamagedRecord(f"a record cannot be unpacked: {error}") from error
