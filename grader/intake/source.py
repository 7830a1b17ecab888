"""Gives the Python of an opened submission as text, for rules that are judged by reading and not by running."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from grader.errors import IntakeError
from grader.intake.modules import module_text
from grader.model import Cell, SourceFile, SourceText, Submission

MAX_TRANSFORMED_CHARACTERS = 1_000_000  # of all cells; a cell counts each time that IPython reads it anew: once for each magic

# Magics whose cell, or whose line, IPython runs as ordinary Python of the notebook.
_KEPT_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun"})
_PLAIN_LINE_MAGIC = re.compile(r"^([ \t]*)%(?:time|timeit|prun)[ \t]+(?=[^-\s])", re.MULTILINE)
_CELL_MAGIC = re.compile(r"\s*%%(\w+)(?![\w?])[^\n]*")  # "%%name?" asks for help, and the cell below it is run
# Shell and magic commands, help, automatic calls, prompts that were copied along, and what IPython, but not Python,
# takes as the end of a line.
_IPYTHON_SYNTAX = re.compile(
    r"^[ \t]*(?:[%!?/,;]|In \[|>>>|\.\.\.)|\?[ \t]*$|=[ \t]*[%!]|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", re.MULTILINE
)
_COMMAND = re.compile(r"[ \t]*[%!]")
_COMMAND_LINE = re.compile(r"^([ \t]*)[%!?/,;].*$", re.MULTILINE)
_PROMPT = re.compile(r"^[ \t]*(?:In \[\d+\]:|>>>)[ \t]?", re.MULTILINE)


def source_modules(submission: Submission) -> tuple[SourceText, ...]:
    """Return the main file, cell by cell where it is a notebook, and then every module beside it.

    A module that Python could not decode, and therefore not import, is left out.
    """
    return tuple(_main_texts(submission)) + tuple(_helper_texts(submission))


def _main_texts(submission: Submission) -> Iterator[SourceText]:
    if submission.cells is not None:
        yield from _cell_texts(submission.cells)
        return
    content = next(file.content for file in submission.files if file.path == submission.main)
    yield SourceText(name=submission.main, module="<main>", text=module_text(submission.main, content))


def _cell_texts(cells: tuple[Cell, ...]) -> Iterator[SourceText]:
    sources = (cell.source for cell in cells if cell.kind == "code")
    reader = _IPythonReader()
    for number, source in enumerate(sources, start=1):
        above, body = _without_cell_magics(source)
        if _IPYTHON_SYNTAX.search(body) or not _is_python(body):
            body = reader.transformed(body)
        yield SourceText(name=f"cell {number}", module="<main>", text=above + body)


def _without_cell_magics(source: str) -> tuple[str, str]:
    """Split a cell into a comment for each magic that heads it and the body; no body where that is not run here."""
    above: list[str] = []
    end = 0
    while (magic := _CELL_MAGIC.match(source, end)) is not None:
        if magic[1] not in _KEPT_CELL_MAGICS:
            return "", ""
        above.append("\n" * magic[0].count("\n") + "#")
        end = magic.end()
    return "".join(above), source[end:]


def _helper_texts(submission: Submission) -> Iterator[SourceText]:
    for file in submission.files:
        if file.path != submission.main and file.path.endswith(".py") and _dotted_name(file):  # nobody can import ".py"
            try:
                text = module_text(file.path, file.content)
            except IntakeError:
                continue
            yield SourceText(name=file.path, module=_dotted_name(file), text=text)


def _dotted_name(file: SourceFile) -> str:
    return file.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # the last two: nested too deeply
        return False
    return True


class _IPythonReader:
    """Lets IPython read cells until it has read as many characters as it may.

    What it reads is counted, not guessed from the text: 150,000 commas in a row kept it busy for minutes.
    """

    def __init__(self) -> None:
        self._characters_left = MAX_TRANSFORMED_CHARACTERS

    def transformed(self, body: str) -> str:
        """Return a cell with calls in place of what is for IPython alone, line by line where it was."""
        code = body.lstrip("\r\n")  # IPython drops empty lines at the top
        above = body[: len(body) - len(code)]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return above + str(self._manager().transform_cell(_PLAIN_LINE_MAGIC.sub(r"\1", _with_joined_commands(code))))
        except (SyntaxError, RuntimeError):  # RuntimeError: more than 500 changes in a cell, or too much was read
            return _with_commands_left_out(body)

    def _manager(self) -> Any:
        from IPython.core.inputtransformer2 import TransformerManager  # costs 0.3 s, and most submissions do without

        make: Callable[[], Any] = TransformerManager
        manager = make()
        step = manager.do_one_token_transform

        def counted(lines: list[str]) -> object:
            self._characters_left -= sum(map(len, lines))
            if self._characters_left < 0:
                raise RuntimeError("IPython has read as much as it may")
            return step(lines)

        manager.do_one_token_transform = counted
        return manager


def _with_joined_commands(code: str) -> str:
    """Write a command that goes on over several lines into its first line and leave the others empty."""
    joined: list[str] = []
    empty_lines = 0
    for line in code.split("\n"):
        if joined and joined[-1].endswith("\\") and _COMMAND.match(joined[-1]):
            joined[-1] = joined[-1][:-1] + line
            empty_lines += 1
        else:
            joined += [""] * empty_lines
            empty_lines = 0
            joined.append(line)
    return "\n".join(joined + [""] * empty_lines)


def _with_commands_left_out(body: str) -> str:
    """Do the same roughly, in one pass, for what IPython itself cannot or would take too long to read."""
    return _COMMAND_LINE.sub(r"\1pass", _PROMPT.sub("", _PLAIN_LINE_MAGIC.sub(r"\1", body)))
