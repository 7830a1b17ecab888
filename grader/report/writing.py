"""Writes a report into a folder: the page and the data, each whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from grader.errors import GraderError
from grader.model import Report
from grader.report.page import render_page
from grader.report.result_json import result_of, to_text

PAGE = "index.html"
DATA = "result.json"


def write_report(report: Report, folder: Path) -> Path:
    """Write `index.html` and `result.json` into `folder`, making it if needed, and return the page's path.

    Raises GraderError when the folder cannot be written to.
    """
    return write_result(result_of(report), folder)


def write_result(result: dict[str, Any], folder: Path) -> Path:
    """Write the same from a stored result."""
    page = render_page(result)
    replace_text(folder / DATA, to_text(result))
    replace_text(folder / PAGE, page)
    return folder / PAGE


def replace_text(path: Path, text: str) -> None:
    """Put `text` at `path` by renaming, so that nobody ever reads half a file; makes its folder. Raises GraderError."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            temporary.write_bytes(text.encode())  # bytes: no platform's line ends, which the page's hash would not match
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise GraderError(
            f"{path.name} cannot be written to {path.parent}: {error.strerror}; make room there or choose another folder"
        ) from error
