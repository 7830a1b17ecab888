"""Writes a report into a folder: the page and the data, each whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from grader.errors import GraderError
from grader.model import Report
from grader.report.page import render_page
from grader.report.result_json import result_of, to_text

PAGE = "index.html"
DATA = "result.json"


def write_report(report: Report, folder: Path) -> Path:
    """Write `index.html` and `result.json` into `folder`, making it if needed, and return the page's path.

    Raises:
        GraderError: The folder cannot be written to.
    """
    result = result_of(report)
    page = render_page(result)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / DATA, to_text(result))
        _replace(folder / PAGE, page)
    except OSError as error:
        raise GraderError(
            f"the report cannot be written to {folder}: {error.strerror}; make room there or choose another folder"
        ) from error
    return folder / PAGE


def _replace(path: Path, text: str) -> None:
    """Put `text` at `path` by renaming, so that nobody ever reads half a file."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        temporary.write_bytes(text.encode())  # bytes: no platform's line ends, which the page's hash would not match
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
