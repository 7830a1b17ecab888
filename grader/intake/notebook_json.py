"""Turns the bytes of a .ipynb into the JSON object they hold, or says what they are instead."""

from __future__ import annotations

import codecs
import json
import re
from typing import Any

from grader.errors import IntakeError
from grader.intake.paths import shown

_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?: |$)", re.MULTILINE)
_PYTHON = re.compile(r"^(?:import|from|def|class) +\w", re.MULTILINE)
_LINK = re.compile(r"\[InternetShortcut\]|https?://\S+\s*\Z")
_OTHER_FORMATS = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"\x89PNG": "a picture",
}
_SAVE_AGAIN = "open the notebook in Jupyter or Colab, download it as .ipynb and hand that in"


def notebook_object(name: str, content: bytes) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the JSON object of a notebook and a sentence for what had to be mended to read it.

    Raises: IntakeError when there is none, with what the file is as far as that can be told.
    """
    text, repairs = _text(name, content)
    _refuse_other_formats(name, text)
    try:
        # Not strict: some programs write line breaks into strings as they are.
        value = json.loads(text, strict=False)
    except RecursionError as error:
        raise IntakeError(f"{shown(name)} is nested too deeply to be a notebook; {_SAVE_AGAIN}") from error
    except ValueError as error:
        raise _not_json(name, text, error) from error
    if not isinstance(value, dict):
        raise IntakeError(f"{shown(name)} is JSON but not a notebook; {_SAVE_AGAIN}")
    if "cells" not in value and ("doc_id" in value or "url" in value):
        raise _only_a_link(name)
    return value, repairs


def looks_like_notebook(content: bytes) -> bool:
    """Tell whether a file of another name is a notebook's JSON."""
    start = content.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    return start == b"{" and (b'"cell_type"' in content or b'"worksheets"' in content or b'"nbformat"' in content)


def _text(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    for magic, what in _OTHER_FORMATS.items():
        if content.startswith(magic):
            raise IntakeError(f"{shown(name)} is really {what} with the name of a notebook; {_SAVE_AGAIN}")
    if not content.strip(b" \t\r\n\0"):
        raise IntakeError(f"{shown(name)} is empty ({len(content):,} bytes, no text); {_SAVE_AGAIN}")
    encoding = "utf-8"
    repairs: tuple[str, ...] = ()
    if content.startswith(codecs.BOM_UTF8):
        encoding, repairs = "utf-8-sig", (f"{shown(name)} began with a byte order mark, which was left out.",)
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding, repairs = "utf-16", (f"{shown(name)} was saved as UTF-16 and was read as such.",)
    try:
        return content.decode(encoding), repairs
    except UnicodeDecodeError as error:
        raise IntakeError(f"{shown(name)} is not text in UTF-8 (byte {error.start:,}); {_SAVE_AGAIN}") from error


def _refuse_other_formats(name: str, text: str) -> None:
    start = text.lstrip()
    if start.startswith("<") and not start.startswith("<<<<<<<"):
        raise IntakeError(f"{shown(name)} is a web page (HTML), not the notebook itself; {_SAVE_AGAIN}")
    if _LINK.match(start):
        raise _only_a_link(name)


def _only_a_link(name: str) -> IntakeError:
    return IntakeError(
        f"{shown(name)} is only a link to a notebook in Google Drive or Colab; open it there, "
        f"choose File > Download > Download .ipynb and hand that in"
    )


def _not_json(name: str, text: str, error: ValueError) -> IntakeError:
    if _CONFLICT.search(text):
        return IntakeError(
            f"{shown(name)} holds the marks of a merge conflict (<<<<<<< and >>>>>>>); "
            f"resolve the conflict, open the notebook once in Jupyter, save it and hand it in again"
        )
    if not text.lstrip().startswith(("{", "[")) and _PYTHON.search(text):
        return IntakeError(f"{shown(name)} is really a Python file; give it the extension .py and hand it in again")
    return IntakeError(f"{shown(name)} is damaged or is not a notebook ({shown(str(error))}); {_SAVE_AGAIN}")
