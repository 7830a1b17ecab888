"""Gives the texts of a submission as cells: those of a notebook, or the comments of a .py file in percent format. Pure."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator

from grader.errors import IntakeError
from grader.intake.modules import module_text
from grader.model import Cell, Submission

_MARKER = re.compile(r"#[ \t]*%%(?P<about>[^\n]*)")
_MARKDOWN = re.compile(r"\[(?:markdown|md|raw)\]", re.IGNORECASE)
_TAGS = re.compile(r"\btags[ \t]*=[ \t]*\[([^\]\n]*)\]")
_QUOTED = re.compile(r"[\"']([^\"']*)[\"']")
_TICKS = re.compile("`{3,}")


def cells_of(submission: Submission) -> tuple[Cell, ...]:
    """Return the cells of the main file; of a module that is not in percent format, none."""
    if submission.cells is not None:
        return submission.cells
    content = next(file.content for file in submission.files if file.path == submission.main)
    try:
        return tuple(_percent_cells(module_text(submission.main, content)))
    except IntakeError:  # Python cannot decode the file; whoever loads it says so
        return ()


def text_of_code(source: str) -> str:
    """Return what a code cell says that was meant as text: its comments, its only string, or else the code itself."""
    lines = [line for line in source.splitlines() if line.strip()]
    if all(line.lstrip().startswith("#") for line in lines):
        return "\n".join(_uncommented(line.lstrip()) for line in source.splitlines())
    tree = _tree(source)
    if tree is not None and len(tree.body) == 1 and (text := _string(tree.body[0])) is not None:
        return text
    if tree is not None and all(isinstance(node, ast.Assign | ast.AnnAssign) for node in tree.body):
        return ""  # `answer_w1 = ...` is found where strings are looked for
    if tree is None:  # prose in a cell of the wrong kind
        return source
    fence = "`" * (1 + max((len(run) for run in _TICKS.findall(source)), default=2))
    return f"{fence}python\n{source}\n{fence}"


def _percent_cells(text: str) -> Iterator[Cell]:
    about: str | None = None
    lines: list[str] = []
    for line in [*text.splitlines(), "# %%"]:
        marker = _MARKER.match(line)
        if marker is None:
            lines.append(line)
            continue
        if about is not None:
            yield _percent_cell(about, lines)
        about, lines = marker["about"], []


def _percent_cell(about: str, lines: list[str]) -> Cell:
    tags = _TAGS.search(about)
    is_text = _MARKDOWN.search(about) is not None
    return Cell(
        kind="markdown" if is_text else "code",
        source=_comment(lines) if is_text else "\n".join(lines),
        tags=tuple(_QUOTED.findall(tags[1])) if tags else (),
    )


def _comment(lines: list[str]) -> str:
    """Return the comment with which a cell of text begins, or the string that may stand in its place."""
    tree = _tree("\n".join(lines))
    if tree is not None and tree.body and (text := _string(tree.body[0])) is not None:
        return text
    comment = []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            break  # code below it, such as `answer_w1 = ...`
        comment.append(_uncommented(line))
    return "\n".join(comment)


def _uncommented(line: str) -> str:
    return line.removeprefix("#").removeprefix(" ")


def _string(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return None


def _tree(source: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deeply
        return None
