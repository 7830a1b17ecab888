"""Makes the hand-out of an assignment from its master: module and notebook, solved and unsolved.

The master is a Python file in percent format: cells begin with `# %%` (code), `# %% [markdown]` (text in comments) or
`# %% solution` (code that only the solution needs), each optionally followed by `tags=["answer-w1"]`. A code line
`# %matplotlib inline` is a magic in the notebook and a comment in the module. Comment lines above the first cell
belong to the modules alone.

Text in, text out: this module must not know which assignment it works on, where files lie, or what a question is
worth; and it never runs the master.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import re
import tokenize
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat

from grader.errors import SpecError

_MARKER = re.compile(r'# %%(?: (?P<kind>\[markdown\]|solution))?(?: tags=(?P<tags>\[(?:"[\w.-]+"(?:, ?"[\w.-]+")*)?\]))? *')
_MAGIC = re.compile(r"# (%[a-z]\w*( .*)?)")
_HINT = "# hint:"
_FUTURE = "from __future__ import annotations\n"
_PROVIDED = """# ruff: noqa - several files in one
# The course's own code. Keep it beside your file; grading uses the course's copy.

"""

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One cell of the master, with its lines as they stand there."""

    kind: str  # "code", "markdown" or "solution"
    tags: tuple[str, ...]
    marker: str
    line: int  # of the marker, from 1
    lines: tuple[str, ...]

    @property
    def source(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def module_text(master: str, names: Collection[str], *, solved: bool) -> str:
    """Return the Python module: the master itself when `solved`, else what students fill in.

    In the unsolved module every function and class in `names` keeps its decorators, signature and docstring and the
    comments marked `# hint:` and raises NotImplementedError; a class keeps its public methods in that way. Cells marked
    `solution` are left out.

    Raises:
        SpecError: the master is malformed, or does not define each of `names` once, at top level and with a docstring.
    """
    header, cells = _read(master, names)
    if solved:
        return master
    lines = list(header)
    for cell in _unsolved(cells, names):
        lines += [cell.marker, *cell.lines]
    return "\n".join(lines).rstrip("\n") + "\n"


def notebook_text(master: str, names: Collection[str], *, solved: bool) -> str:
    """Return the same as an nbformat 4.5 notebook without outputs.

    The id of a cell is a digest of its text in the master: the same in the solved and the unsolved notebook, and
    unchanged by edits to other cells. What only the solution needs carries the tag `solution`.

    Raises:
        SpecError: as `module_text`.
    """
    _, cells = _read(master, names)
    ids = dict(zip((cell.line for cell in cells), _ids(cells), strict=True))
    notebook: dict[str, Any] = {
        "cells": [_notebook_cell(cell, ids[cell.line]) for cell in (cells if solved else _unsolved(cells, names))],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    nbformat.validate(notebook)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def provided_text(sources: Sequence[tuple[str, bytes]]) -> str:
    """Return the course's own code, which may be several files that share one namespace, as the one module for students."""
    texts = [source.decode("utf-8").replace(_FUTURE, "").strip("\n") for _, source in sources]
    return "\n\n\n".join([_PROVIDED + _FUTURE.rstrip("\n"), *texts]) + "\n"


def _read(master: str, names: Collection[str]) -> tuple[tuple[str, ...], tuple[_Cell, ...]]:
    """Return the lines above the first cell, and the cells; raises SpecError unless everything is in its place."""
    lines = master.split("\n")
    starts = [number for number, line in enumerate(lines) if line.startswith("# %%")]
    if not starts:
        raise SpecError("the master has no cell; begin each cell with a line `# %%`")
    header = tuple(lines[: starts[0]])
    for number, line in enumerate(header, start=1):
        if line.strip() and not line.startswith("#"):
            raise SpecError(f"line {number} of the master stands above the first cell; put it below a line `# %%`")
    cells = tuple(_cell(lines[start:end], start + 1) for start, end in zip(starts, [*starts[1:], len(lines)], strict=True))
    _find_definitions(cells, names)
    return header, cells


def _cell(lines: Sequence[str], number: int) -> _Cell:
    marker, *body = lines
    match = _MARKER.fullmatch(marker)
    if match is None:
        raise SpecError(
            f"line {number} of the master is no cell marker: {marker!r}; write `# %%`, `# %% [markdown]` or "
            f'`# %% solution`, and behind it at most `tags=["a", "b"]`'
        )
    kind = (match["kind"] or "code").strip("[]")
    if kind == "markdown":
        for offset, line in enumerate(body, start=1):
            if line.strip() and line != "#" and not line.startswith("# "):
                raise SpecError(f"line {number + offset} of the master is in a markdown cell and must start with `# `")
    return _Cell(kind=kind, tags=tuple(json.loads(match["tags"] or "[]")), marker=marker, line=number, lines=tuple(body))


def _find_definitions(cells: Sequence[_Cell], names: Collection[str]) -> None:
    """Raise SpecError unless each name is defined once, at top level, in a cell that students get, with a docstring."""
    count: Counter[str] = Counter()
    for cell in cells:
        for node in _definitions(cell, names):
            count[node.name] += 1
            where = f"line {cell.line + node.lineno} of the master"
            if cell.kind == "solution":
                raise SpecError(f"{where} defines {node.name} in a solution cell, which students do not get; move it out")
            if ast.get_docstring(node) is None:
                raise SpecError(f"{where} defines {node.name} without a docstring, and that is what students keep")
    for name in names:
        if count[name] != 1:
            raise SpecError(f"the master defines {name} {count[name]} times; define it once, as a function or class at top level")


def _definitions(cell: _Cell, names: Collection[str]) -> list[_Definition]:
    if cell.kind == "markdown":
        return []
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        line = cell.line + (error.lineno or 0)
        raise SpecError(f"line {line} of the master is not Python: {error.msg}; each code cell must be whole") from error
    return [node for node in tree.body if isinstance(node, _Definition) and node.name in names]


def _unsolved(cells: Sequence[_Cell], names: Collection[str]) -> Iterator[_Cell]:
    for cell in cells:
        if cell.kind == "solution":
            continue
        lines = list(cell.lines)
        for node in reversed(_definitions(cell, names)):
            lines[_first(node) - 1 : _last(node, lines)] = _stub(node, cell, node.name)
        yield _Cell(kind=cell.kind, tags=cell.tags, marker=cell.marker, line=cell.line, lines=tuple(lines))


def _first(node: _Definition) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _last(node: _Definition, lines: Sequence[str]) -> int:
    """Return the last line of a definition, comments at its end included: Python's parser leaves those out."""
    last = node.end_lineno or node.lineno
    for number, line in enumerate(lines[last:], start=last + 1):
        text = line.lstrip()
        if not text:
            continue
        if not text.startswith("#") or len(line) - len(text) <= node.col_offset:
            break
        last = number
    return last


def _stub(node: _Definition, cell: _Cell, name: str) -> list[str]:
    """Return the lines that are left of a definition for the student."""
    indent = " " * node.body[0].col_offset
    lines = [*cell.lines[_first(node) - 1 : _end_of_signature(node, cell)]]
    docstring = node.body[0]
    if ast.get_docstring(node) is not None:
        lines += cell.lines[docstring.lineno - 1 : docstring.end_lineno]
    hints = [(row, f"{indent}{text}") for row, text in _hints(cell) if _first(node) <= row <= _last(node, cell.lines)]
    if not isinstance(node, ast.ClassDef):
        return [*lines, *(text for _, text in hints), f'{indent}raise NotImplementedError("{name} is not written yet")']
    methods = [method for method in node.body if isinstance(method, _Function) and _is_public(method.name)]
    in_methods = {row for method in methods for row in range(_first(method), _last(method, cell.lines) + 1)}
    lines += [text for row, text in hints if row not in in_methods]
    for method in methods:
        lines += ["", *_stub(method, cell, f"{name}.{method.name}")]
    return lines


def _is_public(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _end_of_signature(node: _Definition, cell: _Cell) -> int:
    """Return the line of the colon behind the signature; raises SpecError where the body begins on that very line."""
    depth = 0
    for token in _tokens(cell):
        if token.start[0] < node.lineno or token.type != tokenize.OP:
            continue
        if token.string == ":" and depth == 0:
            break
        depth += (token.string in "([{") - (token.string in ")]}")
    first, *rest = node.body
    if first.lineno == token.start[0] or (rest and rest[0].lineno == first.end_lineno):
        raise SpecError(f"{node.name} in the cell at line {cell.line} of the master has two statements on one line")
    return token.start[0]


def _hints(cell: _Cell) -> list[tuple[int, str]]:
    return [
        (token.start[0], token.string)
        for token in _tokens(cell)
        if token.type == tokenize.COMMENT and token.string.startswith(_HINT)
    ]


def _tokens(cell: _Cell) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(cell.source).readline)


def _ids(cells: Sequence[_Cell]) -> list[str]:
    seen: Counter[str] = Counter()
    ids = []
    for cell in cells:
        digest = hashlib.sha256(f"{cell.kind}\n{cell.source.strip()}".encode()).hexdigest()[:12]
        seen[digest] += 1
        ids.append(digest if seen[digest] == 1 else f"{digest}-{seen[digest]}")
    return ids


def _notebook_cell(cell: _Cell, cell_id: str) -> dict[str, Any]:
    tags = [*cell.tags, "solution"] if cell.kind == "solution" else list(cell.tags)
    code: dict[str, Any] = {} if cell.kind == "markdown" else {"execution_count": None, "outputs": []}
    return {
        "cell_type": "markdown" if cell.kind == "markdown" else "code",
        "id": cell_id,
        "metadata": {"tags": tags} if tags else {},
        "source": _notebook_source(cell).splitlines(keepends=True),
        **code,
    }


def _notebook_source(cell: _Cell) -> str:
    if cell.kind == "markdown":
        lines = [line.removeprefix("#").removeprefix(" ") for line in cell.lines]
    else:
        lines = [_MAGIC.sub(r"\1", line) if _MAGIC.fullmatch(line) else line for line in cell.lines]
    return "\n".join(lines).strip("\n")
