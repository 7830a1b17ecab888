"""Reads Markdown line by line as far as headings go: which line begins the answer to which question. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NO_LEVEL = 9  # of a line that is no heading of Markdown's
MAX_HEADING = 160  # characters; what is longer is an answer that was written into its heading

_FENCE = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})(.*)")
_ATX = re.compile(r" {0,3}(#{1,6})([ \t]*)(.*)")
_HTML = re.compile(r"\s*<h([1-6])\b[^<>]*>(.*)", re.IGNORECASE)
_UNDERLINE = re.compile(r" {0,3}(?:(=+)|-+)[ \t]*")
_LIST_OR_QUOTE = re.compile(r"\s*(?:(?:[-+>]|\*(?!\*)|\d{1,3}[.)])\s+)*+")
_DRESS = re.compile(r"(?:[*_~`\\]|<[^<>]{1,200}>|[(\[]|\s)*+")
_OPENER = r"(?:(?:written |my |your )?(?:question|answer|exercise|task|q)s?\b(?: to| for)?[\s:.#-]*)?"
_CLOSER = re.compile(r"(?:[*_~`\\]|</[^<>]{1,200}>)*+(?P<mark>[)\]][.:]?|[.:]|\s*[–—-](?=\s|$)|)[*_]*+")
_END_OF_BOLD = re.compile(r"[*_]{1,3}|</(?:b|strong|u|em|i)>", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text; of a heading, what it heads."""

    text: str
    level: int = NO_LEVEL  # of a heading
    question: str = ""  # whose id it begins with
    heading: str = ""  # as it is shown to people
    rest: str = ""  # what stands behind the id and is no heading

    @property
    def is_heading(self) -> bool:
        """Whether it begins something new."""
        return self.level <= 6 or bool(self.question)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The ids of the questions as people write them."""

    written: re.Pattern[str]  # "w1", "W 1", "w-01", "Question w1"
    others: re.Pattern[str]  # the ids of all questions, as they are
    ids: dict[str, str]  # normal name -> id

    @classmethod
    def of(cls, *, written: Sequence[str], others: Sequence[str]) -> Labels:
        """Return the labels of an assignment's written questions, and of all of them."""
        return cls(
            written=_pattern([_spaced(question) for question in written]),
            others=_pattern([re.escape(question) for question in others]),
            ids={_without_zeros(question): question for question in (*others, *written)},
        )

    def question_at(self, text: str, *, heading: bool) -> tuple[str, int]:
        """Return the question with whose id a text begins, and where the id ends; any question's in a heading."""
        match = self.written.match(text) or (self.others.match(text) if heading else None)
        return (self.ids[_without_zeros(match["id"])], match.end()) if match else ("", 0)


def normal_name(text: str) -> str:
    """Return the letters and digits of a name, in small letters."""
    return "".join(character for character in text.casefold() if character.isalnum())


def read_lines(text: str, labels: Labels) -> Iterator[Line]:
    """Yield the lines of one cell; inside a code block there is no heading, and one that is left open is closed."""
    fence, is_underline = "", False
    lines = text.splitlines()
    for place, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark is not None and (not fence or (mark[1].startswith(fence) and not mark[2].strip())):
            fence = "" if fence else mark[1]
            yield Line(text=line)
        elif fence:
            yield Line(text=line)
        elif not is_underline:
            read = _line(line, lines[place + 1] if place + 1 < len(lines) else "", labels)
            is_underline = bool(read.question) and read.level <= 6 and not line.lstrip().startswith(("#", "<"))
            yield read
        else:
            is_underline = False
    if fence:
        yield Line(text=fence)
    yield Line(text="")


def _line(line: str, below: str, labels: Labels) -> Line:
    level, title = _heading(line, below)
    start = _DRESS.match(title if level < NO_LEVEL else _LIST_OR_QUOTE.sub("", line, count=1))
    assert start is not None
    body = start.string[start.end() :]
    question, end = labels.question_at(body, heading=level < NO_LEVEL)
    if not question:
        return Line(text=line, level=level if _ends_what_is_above(line) else NO_LEVEL)
    if level < NO_LEVEL:
        rest = body[end:].lstrip(" \t:.–—-") if len(body) > MAX_HEADING else ""
        return Line(text=line, level=level, question=question, heading=_shown(title), rest=rest)
    return _label_line(line, start.group(), body, question, end)


def _label_line(line: str, dress: str, body: str, question: str, end: int) -> Line:
    """Return a line that begins with an id but is no heading of Markdown's: `**w1. Filters** ...` or `w1: ...`."""
    is_bold = re.search(r"[*_]|<", dress) is not None
    if is_bold and (bold := _END_OF_BOLD.search(body, end)) is not None and bold.start() <= MAX_HEADING:
        rest = _CLOSER.sub("", body[bold.end() :], count=1) if bold.start() == end else body[bold.end() :]
        return Line(text=line, question=question, heading=_shown(body[: bold.start()]), rest=rest.lstrip(" \t:.–—-").rstrip())
    closer = _CLOSER.match(body, end)
    assert closer is not None
    if closer["mark"] or not body[closer.end() :].strip():
        return Line(text=line, question=question, heading=body[:end], rest=body[closer.end() :].strip())
    return Line(text=line)


def _heading(line: str, below: str) -> tuple[int, str]:
    """Return the level and the text of a heading; NO_LEVEL for any other line. `#w1` counts: many write it so."""
    if (atx := _ATX.fullmatch(line)) is not None:
        return len(atx[1]), atx[3].rstrip("# \t")
    if (html := _HTML.fullmatch(line)) is not None:
        return int(html[1]), re.sub(r"<[^<>]*>", "", html[2])
    underline = _UNDERLINE.fullmatch(below) if line.strip() and not line.startswith((" " * 4, "\t", ">", "- ", "|")) else None
    return (1 if underline[1] else 2, line) if underline is not None else (NO_LEVEL, "")


def _ends_what_is_above(line: str) -> bool:
    """Whether a heading without an id is meant as one: no `#tag`, no answer in large letters, none made by dashes below it."""
    atx = _ATX.fullmatch(line)
    is_meant = bool(atx[2] or not atx[3]) if atx is not None else _HTML.fullmatch(line) is not None
    return is_meant and len(line) <= MAX_HEADING


def _pattern(ids: Sequence[str]) -> re.Pattern[str]:
    either = "|".join(sorted(ids, key=len, reverse=True))
    return re.compile(rf"{_OPENER}[*_(\[]*(?P<id>{either})(?![A-Za-z0-9])", re.IGNORECASE)


def _spaced(question: str) -> str:
    """Return a pattern for an id of letters and a number that lets people write "W 1" and "w-01"."""
    parts = re.fullmatch(r"([A-Za-z]+)(\d+)", question)
    return rf"{parts[1]}[ ._-]?0?{parts[2]}" if parts else re.escape(question)


def _without_zeros(text: str) -> str:
    return re.sub(r"(?<=[a-z])0+(?=\d)", "", normal_name(text))


def _shown(heading: str) -> str:
    words = " ".join(heading.replace("*", "").replace("`", "").split())
    return words if len(words) <= 60 else f"{words[:59]}…"
