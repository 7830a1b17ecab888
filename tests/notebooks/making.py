"""Makes the notebooks of tests/hand_ins/notebooks from their readable sources (its README says how they are written)."""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HAND_INS = Path(__file__).resolve().parent.parent / "hand_ins"
FOLDER = HAND_INS / "notebooks"
SOLUTIONS = HAND_INS / "good" / "conv_nets" / "plain_loops.py"

_CELL = re.compile(r"^=== (code|markdown|raw)\n", re.MULTILINE)
_ONE = re.compile(r"^\{\{(\w+)\}\}$", re.MULTILINE)
_ALL = re.compile(r"^\{\{all(?: but ([\w ]+))?\}\}$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A notebook in the wild and what a report must say of it."""

    name: str
    what: str
    format: str
    lost: frozenset[str]
    repairs: tuple[str, ...]
    notes: tuple[str, ...]
    incidents: tuple[str, ...]
    needs_data: bool
    options: frozenset[str]
    cells: tuple[tuple[str, str], ...]  # kind and source

    @property
    def file_name(self) -> str:
        """What a student would have called it, with the extension of its format."""
        return "conv_nets.py" if self.format.endswith(".py") else "conv_nets.ipynb"


def samples() -> tuple[Sample, ...]:
    """Return every sample in the folder."""
    return tuple(_sample(path) for path in sorted(FOLDER.glob("*.cells")))


def made(sample: Sample) -> bytes:
    """Return the file as it is handed in."""
    write = {"colab.py": _colab_python, "jupyter.py": _jupyter_python, "3": _format_3}.get(sample.format, _format_4)
    return write(sample).encode()


def _sample(path: Path) -> Sample:
    head, *parts = _CELL.split(path.read_text(encoding="utf-8"))
    said: dict[str, list[str]] = {}
    for line in head.splitlines():
        key, _, value = line.partition(": ")
        said.setdefault(key, []).append(value)
    unknown = set(said) - {"what", "format", "lost", "repair", "note", "incident", "data", "option"}
    assert not unknown, f"{path.name}: {unknown}"
    return Sample(
        name=path.stem,
        what=said["what"][0],
        format=said.get("format", ["4.5"])[0],
        lost=frozenset(said.get("lost", [""])[0].split()),
        repairs=tuple(said.get("repair", ())),
        notes=tuple(said.get("note", ())),
        incidents=tuple(said.get("incident", ())),
        needs_data="data" in said,
        options=frozenset(said.get("option", ())),
        cells=tuple(_filled(zip(parts[::2], parts[1::2], strict=True))),
    )


def _filled(cells: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Put solutions in their places; a cell with all of them becomes a cell for each."""
    solutions = _solutions()
    for kind, source in cells:
        source = _ONE.sub(lambda match: solutions[match[1]] if match[1] != "all" else match[0], source.rstrip("\n"))
        wanted = _ALL.search(source)
        if wanted is None:
            yield kind, source
            continue
        if source[: wanted.start()].strip():
            yield kind, source[: wanted.start()]
        left_out = (wanted[1] or "").split()
        assert set(left_out) <= set(solutions), left_out
        for name, text in solutions.items():
            if name not in left_out:
                yield kind, text


def _solutions() -> dict[str, str]:
    """Return the source of each function of a right solution."""
    text = SOLUTIONS.read_text(encoding="utf-8")
    tree = ast.parse(text)
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return {node.name: str(ast.get_source_segment(text, node)) for node in functions}


def _format_4(sample: Sample) -> str:
    minor = int(sample.format.partition(".")[2])
    has_ids = "no ids" not in sample.options and (minor == 5 or "ids" in sample.options)
    cells = []
    for number, (kind, source) in enumerate(sample.cells):
        cell: dict[str, object] = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
        if kind == "code":
            cell |= {"execution_count": _count(sample, number), "outputs": _outputs(sample, number)}
        if has_ids:
            cell["id"] = f"cell-{number}"
        cells.append(cell)
    return json.dumps({"nbformat": 4, "nbformat_minor": minor, "metadata": _metadata(sample), "cells": cells})


def _count(sample: Sample, number: int) -> int:
    return len(sample.cells) - number if "counts out of order" in sample.options else number + 1


def _outputs(sample: Sample, number: int) -> list[dict[str, object]]:
    if "outputs of 20 MB" not in sample.options or number > 1:
        return []
    picture = base64.b64encode(os.urandom(5_000_000)).decode()
    return [
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": picture, "text/plain": ["<Figure>"]}},
        {"output_type": "stream", "name": "stdout", "text": ["0.123456789 " * 9 + "\n"] * 35_000},
    ]


def _metadata(sample: Sample) -> dict[str, object]:
    metadata: dict[str, object] = {"kernelspec": {"display_name": "Python 3", "name": "python3"}}
    if sample.name.startswith("colab"):
        metadata |= {"colab": {"provenance": [], "gpuType": "T4", "toc_visible": True}, "accelerator": "GPU"}
    if "widget state" in sample.options:
        state = {"0a1b": {"model_module": "@jupyter-widgets/controls", "model_name": "IntSliderModel", "state": {"value": 3}}}
        metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state, "version_major": 2}}
    return metadata


def _format_3(sample: Sample) -> str:
    cells = [
        {"cell_type": "code", "language": "python", "input": source, "outputs": [], "collapsed": False, "prompt_number": number}
        if kind == "code"
        else {"cell_type": kind, "source": source, "metadata": {}}
        for number, (kind, source) in enumerate(sample.cells)
    ]
    return json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]})


def _colab_python(sample: Sample) -> str:
    """Write it as Colab's "Download .py" does."""
    parts = [
        '# -*- coding: utf-8 -*-\n"""conv_nets.ipynb\n\nAutomatically generated by Colab.\n\n'
        'Original file is located at\n    https://colab.research.google.com/drive/1a2b3c\n"""'
    ]
    for kind, source in sample.cells:
        if kind == "markdown":
            parts.append(f'"""{source}"""')
            continue
        lines = source.split("\n")
        is_magic = lines[0].startswith("%%")
        if is_magic or any(line.startswith("%") for line in lines):
            lines = [f"# {line}" if is_magic or line.startswith("%") else line for line in lines]
            first = next(number for number, line in enumerate(lines) if line.startswith("# %"))
            lines.insert(first, "# Commented out IPython magic to ensure Python compatibility.")
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _jupyter_python(sample: Sample) -> str:
    """Write it as Jupyter's "Save and Export Notebook As Executable Script" does."""
    from IPython.core.inputtransformer2 import TransformerManager

    parts = ["#!/usr/bin/env python\n# coding: utf-8\n\n"]
    for number, (kind, source) in enumerate(sample.cells, start=1):
        if kind == "markdown":
            parts.append("".join(f"# {line}\n" for line in source.split("\n")) + "\n")
        else:
            parts.append(f"# In[{number}]:\n\n\n{TransformerManager().transform_cell(source)}\n\n")
    return "".join(parts)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    for each in samples():
        target.joinpath(each.name).mkdir(parents=True, exist_ok=True)
        target.joinpath(each.name, each.file_name).write_bytes(made(each))
