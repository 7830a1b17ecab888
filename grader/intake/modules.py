"""Tells whether the bytes of a .py are Python source in a known encoding, and decodes them."""

from __future__ import annotations

import codecs
import io
import tokenize

from grader.errors import IntakeError
from grader.intake.paths import shown

# Encodings that Python has but no editor writes into source; the time of the first two grows with the square.
_ODD_ENCODINGS = frozenset({"punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"})
_ODD_FAMILIES = ("utf-7", "utf-16", "utf-32")
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def module_text(name: str, content: bytes) -> str:
    """Return the text of a module, decoded as Python itself would do.

    Raises: IntakeError when Python could not read it, whatever it says. A syntax error is none.
    """
    if content.startswith(_UTF16_MARKS):
        raise IntakeError(f"{shown(name)} is saved as UTF-16; save it as UTF-8 and hand it in again")
    if b"\0" in content:
        raise IntakeError(
            f"{shown(name)} is not a text file: it holds NUL bytes; save it as plain text in UTF-8 and hand it in again"
        )
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError as error:
        raise _unreadable(name, content) from error
    codec = codecs.lookup(encoding).name
    if codec in _ODD_ENCODINGS or codec.startswith(_ODD_FAMILIES):
        raise IntakeError(f"{shown(name)} declares the encoding '{shown(encoding)}'; save it as UTF-8 without that line")
    try:
        return content.decode(encoding)
    except (ValueError, LookupError) as error:
        raise _unreadable(name, content) from error


def _unreadable(name: str, content: bytes) -> IntakeError:
    declared = _declared_encoding(content)
    if declared:
        return IntakeError(
            f"{shown(name)} declares the encoding '{shown(declared)}' and cannot be read in it; "
            f"save it as UTF-8 without that line and hand it in again"
        )
    return IntakeError(f"{shown(name)} is not UTF-8; save it as UTF-8 and hand it in again")


def _declared_encoding(content: bytes) -> str:
    """Return what a line "# coding: ..." among the first two says (PEP 263)."""
    for line in content.removeprefix(codecs.BOM_UTF8).splitlines()[:2]:
        match = tokenize.cookie_re.match(line.decode("latin-1"))
        if match:
            return match.group(1)
    return ""
