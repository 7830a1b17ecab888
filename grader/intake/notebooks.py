"""Reads the cells of a notebook, in every version of the format and in many of the ways in which they are broken.

Cell ids, outputs and attachments are not used, so that nothing about them can be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from grader.errors import IntakeError
from grader.intake.notebook_json import notebook_object
from grader.intake.paths import listed, shown
from grader.model import Cell

MAX_CELLS = 10_000  # a notebook of 16 million empty ones took a minute and 4 GB

_KNOWN_FORMATS = frozenset({1, 2, 3, 4})
_KINDS = {"code": "code", "markdown": "markdown", "raw": "raw", "heading": "markdown", "html": "markdown"}
_CODE_SIGNS = ("outputs", "execution_count", "prompt_number")
_SOURCE_KEYS = ("source", "input", "code", "text")  # format 4 and all else; code in 2 and 3; format 1
_BROKEN_CHARACTERS = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """The cells of a notebook and a sentence for each thing that was mended."""

    cells: tuple[Cell, ...]
    repairs: tuple[str, ...]


def read_notebook(name: str, content: bytes) -> Notebook:
    """Return the cells of a notebook without their outputs.

    Raises: IntakeError when the bytes are not a notebook with a list of cells, or with too many of them.
    """
    notebook, repairs = notebook_object(name, content)
    raw_cells, format_repairs = _raw_cells(name, notebook)
    if len(raw_cells) > MAX_CELLS:
        raise IntakeError(
            f"{shown(name)} has {len(raw_cells):,} cells and the limit is {MAX_CELLS:,}; delete those that hold nothing "
            f"of your work and hand it in again"
        )
    mended = _Mended()
    cells = tuple(_cell(raw, number, mended) for number, raw in enumerate(raw_cells, start=1) if isinstance(raw, dict))
    if len(cells) < len(raw_cells):
        format_repairs += (f"{len(raw_cells) - len(cells)} entries of {shown(name)} are not cells and were left out.",)
    return Notebook(cells=cells, repairs=(*repairs, *format_repairs, *mended.sentences(name), *_order(name, raw_cells)))


def _order(name: str, raw_cells: Sequence[Any]) -> tuple[str, ...]:
    """Say so where cells were last run in another order than they stand in: what they showed need not come again."""
    counts = [raw.get("execution_count", raw.get("prompt_number")) for raw in raw_cells if isinstance(raw, dict)]
    ran = [count for count in counts if isinstance(count, int)]
    if all(first < second for first, second in pairwise(ran)):
        return ()
    return (f"The cells of {shown(name)} were last run in another order than they stand in; they were run from top to bottom.",)


def _raw_cells(name: str, notebook: Mapping[str, Any]) -> tuple[list[Any], tuple[str, ...]]:
    stated = notebook.get("nbformat")
    version = stated if isinstance(stated, int | str) else type(stated).__name__
    cells = notebook.get("cells")
    if not isinstance(cells, list):
        cells = _cells_of_worksheets(notebook.get("worksheets"))
    if cells is None:
        raise IntakeError(
            f"{shown(name)} has no list of cells (nbformat {shown(str(version))}); "
            f"open the notebook in Jupyter or Colab, download it as .ipynb and hand that in"
        )
    if not isinstance(version, int) or version not in _KNOWN_FORMATS:
        return cells, (f"{shown(name)} has the unknown nbformat {shown(str(version))} and was read like nbformat 4.",)
    if version < 4:
        return cells, (f"{shown(name)} has the old nbformat {version} and was converted.",)
    return cells, ()


def _cells_of_worksheets(worksheets: Any) -> list[Any] | None:
    """Return the cells of nbformat 2 and 3, where sheets hold them."""
    if not isinstance(worksheets, list):
        return None
    sheets = [sheet["cells"] for sheet in worksheets if isinstance(sheet, dict) and isinstance(sheet.get("cells"), list)]
    return [cell for sheet in sheets for cell in sheet]


@dataclass(slots=True)
class _Mended:
    """The numbers of the cells in which something was mended, by what it was."""

    without_type: list[int] = field(default_factory=list)
    without_source: list[int] = field(default_factory=list)
    characters: list[int] = field(default_factory=list)

    def sentences(self, name: str) -> tuple[str, ...]:
        """Say each thing once, with the first few cells that it concerns."""
        found = (
            (self.without_type, "had no known type, which was guessed"),
            (self.without_source, "had no readable source, or parts of it that are not text"),
            (self.characters, "had characters that no text can hold, which were replaced"),
        )
        return tuple(
            f"Cells of {shown(name)} {what}: {listed(str(number) for number in numbers)}." for numbers, what in found if numbers
        )


def _cell(raw: Mapping[str, Any], number: int, mended: _Mended) -> Cell:
    kind = _kind(raw, number, mended)
    source = _source(raw, number, mended)
    if raw.get("cell_type") == "heading":
        level = raw.get("level")
        source = f"{'#' * (level if isinstance(level, int) and 1 <= level <= 6 else 1)} {source}"
    return Cell(kind=kind, source=source, tags=_tags(raw))


def _kind(raw: Mapping[str, Any], number: int, mended: _Mended) -> str:
    declared = raw.get("cell_type")
    if isinstance(declared, str) and declared in _KINDS:
        return _KINDS[declared]
    mended.without_type.append(number)
    return "code" if any(sign in raw for sign in _CODE_SIGNS) else "raw"


def _source(raw: Mapping[str, Any], number: int, mended: _Mended) -> str:
    value = next((raw[key] for key in _SOURCE_KEYS if key in raw), None)
    parts = [value] if isinstance(value, str) else value if isinstance(value, list) else [None]
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) < len(parts):
        mended.without_source.append(number)
    joined = "".join(texts)
    source = _BROKEN_CHARACTERS.sub("\ufffd", joined)
    if source != joined:
        mended.characters.append(number)
    return source


def _tags(raw: Mapping[str, Any]) -> tuple[str, ...]:
    metadata = raw.get("metadata")
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    if not isinstance(tags, list):
        return ()
    return tuple(_BROKEN_CHARACTERS.sub("\ufffd", tag) for tag in tags if isinstance(tag, str))
