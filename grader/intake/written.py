"""Finds the answer to each written question in a submission. Pure: nothing of the submission is run.

It is looked for like this, and the first place that holds an answer counts:

1. In the cells tagged `answer-w1` (case and separators do not matter; code and raw cells count, too).
2. Below a heading that begins with the question's id: `## w1. Filters`, `**w1** Filters`, `W1:`, at the top of a cell or
   inside one.
3. In a string `answer_w1` that is assigned at module level, in any file or code cell (`written_strings`).

What follows a tagged cell or a heading belongs to it until another question's id or a heading that is not deeper comes;
code cells in between do not end it. The comments of a .py file in percent format are read like the cells of a notebook.
What stands in several such cells is shown together. A heading, the placeholder of the template, and what stands above a
placeholder or above a line "Your answer:" are the question's text and no answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grader.intake.source import source_modules
from grader.intake.written_cells import cells_of, text_of_code
from grader.intake.written_headings import Labels, Line, normal_name, read_lines
from grader.intake.written_strings import assigned_texts
from grader.model import Assignment, Kind, Question, Submission, WrittenAnswer

MAX_CHARACTERS = 100_000  # of one answer; a page of an exam has 3,000

_BETWEEN = "\n\n---\n\n"
_NO_HEADING = 6  # every heading ends what follows a tagged cell without one
_EMBEDDED = re.compile(r"data:[\w.+/-]{0,100};base64,[A-Za-z0-9+/=%]{100,}")
_POINTS = re.compile(r"[(\[][\d.,]+ *(?:points?|pts?|p)\.?[)\]]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_WORD = re.compile(r"[^\W_]")
_PICTURE = re.compile(r"!\[|<img\b", re.IGNORECASE)
_DRESS = r"[*_>#\s`]*+"
_PLACEHOLDER = re.compile(
    rf"^{_DRESS}(?:(?:(?:please )?(?:type|write|put|enter|add|insert) )?your answers? (?:(?:goes|comes) )?here"
    rf"|double[- ]?click(?: \(or enter\))? to edit|type \*?markdown\*? and latex: ?\$\\?\w+\^2\$|todo\W*+$)[.:!…]*{_DRESS}",
    re.IGNORECASE,
)
_BEGINNING = re.compile(r"[*_>#\s]*+(?:my |your |the )?(?:answer|response|solution)s?[*_\s]*+[:.]?[*_\s]*+", re.IGNORECASE)


@dataclass(slots=True)
class _Piece:
    """Lines that belong to one question, one after the other."""

    question: str
    host: str  # the question of the tagged cell in which they begin, or empty
    where: str
    lines: list[str] = field(default_factory=list)
    answer: str = ""  # what the student wrote of it


def written_answers(submission: Submission, assignment: Assignment) -> tuple[WrittenAnswer, ...]:
    """Return what was found for each written question, in their order; of what is not there, an empty text."""
    questions = [question for question in assignment.questions if question.kind is Kind.WRITTEN]
    if not questions:
        return ()
    pieces = _answered_pieces(submission, questions, assignment.questions)
    tagged = {piece.question for piece in pieces if piece.host == piece.question}
    missing = [question.id for question in questions if question.id not in {piece.question for piece in pieces}]
    texts = assigned_texts(source_modules(submission), missing) if missing else {}
    return tuple(
        _joined(question.id, _own(pieces, question.id, tagged))
        if question.id not in missing
        else _assigned(question.id, *texts.get(question.id, ("", "")))
        for question in questions
    )


def _own(pieces: Sequence[_Piece], question: str, tagged: set[str]) -> list[_Piece]:
    """Return the pieces that hold the answer: those of tagged cells, or failing that those below headings.

    A heading with another question's id within a tagged cell stays there when that question has a cell of its own.
    """
    if question in tagged:
        return [piece for piece in pieces if piece.host == question and piece.question in tagged]
    return [piece for piece in pieces if piece.question == question]


def _joined(question: str, pieces: Sequence[_Piece]) -> WrittenAnswer:
    texts = dict.fromkeys(piece.answer for piece in pieces)
    places = dict.fromkeys(piece.where for piece in pieces)
    return WrittenAnswer(question=question, text=_bounded(_BETWEEN.join(texts)), found=" and ".join(list(places)[:3]))


def _assigned(question: str, name: str, text: str) -> WrittenAnswer:
    answer = _answer(text.split("\n"))
    return WrittenAnswer(question=question, text=_bounded(answer), found=name if answer else "")


def _answered_pieces(submission: Submission, questions: Sequence[Question], others: Sequence[Question]) -> list[_Piece]:
    pieces = _pieces(submission, questions, others)
    for piece in pieces:
        piece.answer = _answer(piece.lines)
    return [piece for piece in pieces if piece.answer]


def _pieces(submission: Submission, questions: Sequence[Question], others: Sequence[Question]) -> list[_Piece]:
    """Split all text of a submission into the pieces that belong to a question; the rest is left out."""
    reader = _Reader(
        labels=Labels.of(written=[question.id for question in questions], others=[question.id for question in others]),
        titles={question.id: normal_name(question.title) for question in questions},
    )
    tags = {normal_name(f"answer {question.id}"): question.id for question in questions}
    for cell in cells_of(submission):
        host = next((tags[normal_name(tag)] for tag in cell.tags if normal_name(tag) in tags), "")
        if cell.kind != "code":
            reader.read(cell.source, host, f"the {'cell' if submission.is_notebook else 'comment'} tagged answer-{host}")
        elif host:
            reader.read(text_of_code(cell.source), host, f"the code cell tagged answer-{host}")
    return reader.pieces


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads cell after cell and knows to which question the next line belongs."""

    labels: Labels
    titles: dict[str, str]
    pieces: list[_Piece] = field(default_factory=list)
    _current: _Piece | None = None
    _level: int = _NO_HEADING  # a heading of this level, or a higher one, ends what is being read
    _above: int = _NO_HEADING  # the level of the last heading

    def read(self, text: str, host: str, where: str) -> None:
        """Read the text of one cell; one that is tagged belongs to its question from its first line on."""
        if host:
            self._begin(host, host, where, _NO_HEADING)
        for line in read_lines(text, self.labels):
            self._read_line(line, host, where)

    def _read_line(self, line: Line, host: str, where: str) -> None:
        if line.question in self.titles:
            self._begin_at(line, host, where)
        elif (line.question or line.level <= self._level) and line.is_heading and not host and not _is_beginning(line.text):
            self._current = None
        elif self._current is not None:
            self._current.lines.append(line.text)
        if line.is_heading and line.level <= _NO_HEADING:
            self._above = line.level

    def _begin_at(self, line: Line, host: str, where: str) -> None:
        """Begin the piece of a question at its heading, unless that heading stands in the question's own cell."""
        level = line.level if line.level <= _NO_HEADING else self._above
        if host != line.question:
            self._begin(line.question, host, f"the text below the heading “{line.heading}”", level)
        elif self._current is None or self._current.question != host:
            self._begin(host, host, where, level)
        self._level = level
        if self._current is not None and line.rest and not self._is_title(line):
            self._current.lines.append(line.rest)

    def _is_title(self, line: Line) -> bool:
        return normal_name(_POINTS.sub("", line.rest)) == self.titles[line.question]

    def _begin(self, question: str, host: str, where: str, level: int) -> None:
        self._current = _Piece(question, host, where)
        self._level = level
        self.pieces.append(self._current)


def _is_beginning(text: str) -> bool:
    return _BEGINNING.fullmatch(text) is not None


def _answer(lines: Iterable[str]) -> str:
    """Return what of these lines the student wrote, as far as that can be told; empty where nothing is."""
    above, kept = _divided(list(lines))
    placeholder = next((place for place, line in enumerate(kept) if _PLACEHOLDER.match(line)), None)
    cleaned = [_PLACEHOLDER.sub("", line) for line in kept]
    judged = cleaned if placeholder is None or above else cleaned[placeholder:]
    return "\n".join(cleaned).strip("\n") if _says_something("\n".join(judged)) else ""


def _divided(lines: list[str]) -> tuple[list[str], list[str]]:
    """Divide lines below the first "Your answer:"; where there is none, all of them are below."""
    first = next((place for place, line in enumerate(lines) if _is_beginning(line)), None)
    if first is None:
        return [], lines
    end = first + 1
    while end < len(lines) and (_is_beginning(lines[end]) or not _PLACEHOLDER.sub("", lines[end]).strip()):
        end += 1
    return lines[:end], lines[end:]


def _says_something(text: str) -> bool:
    return (_WORD.search(_COMMENT.sub("", text)) or _PICTURE.search(text)) is not None


def _bounded(text: str) -> str:
    """Leave out the bytes of embedded pictures, and all that is beyond the limit, and say so."""
    text = _EMBEDDED.sub("data:left-out", text)
    left_out = len(text) - MAX_CHARACTERS
    if left_out <= 0:
        return text
    return f"{text[:MAX_CHARACTERS]}\n\n[Cut here: {left_out:,} more characters of this answer are in the submission.]"
