r"""Reads the four fields that matter of Gradescope's `submission_metadata.yml`, line by line.

The file holds what the autograder answered to every submission ever made, which may be hundreds of megabytes; a general YAML
reader would take minutes for it, and more memory than there is. Nothing but the outer frame is read, which Ruby's Psych writes
in one way only, and what stands deeper is passed over. What students write stands deeper or in quotes, so nobody can forge
the frame:

    submission_123:
      :submitters:
      - :name: Ada Lovelace
        :sid: '1001'
        :email: ada@example.org
      :created_at: 2026-01-31 23:59:00.123456000 Z
      :results: ...
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from grader.errors import IntakeError

MAX_RECORDS = 200_000
MAX_BYTES = 2 * 10**9

_LINE = re.compile(r"(?P<indent> *)(?P<dash>- +)?(?P<key>'[^']*'|\"[^\"]*\"|[^\s'\"#-][^\s]*?):(?: +(?P<value>.*))?")
_ANCHOR = re.compile(r"&(?P<name>\S+) (?P<value>.*)")
_TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[ T](?P<clock>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d{1,9}))? ?(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?"
)
_ESCAPE = re.compile(r"\\(?:x(?P<x>[0-9A-Fa-f]{2})|u(?P<u>[0-9A-Fa-f]{4})|U(?P<U>[0-9A-Fa-f]{8})|(?P<plain>.))")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "e": "\x1b", "_": "\u00a0", "N": "\x85"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitter:
    """A student of a submission; what is not known is empty."""

    name: str = ""
    sid: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One submission."""

    folder: str
    submitters: tuple[Submitter, ...]
    created_at: datetime | None


@dataclass(slots=True)
class _Open:
    """The record that is being read."""

    folder: str
    indent: int = -1  # of its fields, known when the first has come
    is_in_submitters: bool = False
    submitters: list[dict[str, str]] = field(default_factory=list)
    created_at: str = ""

    def closed(self) -> Record:
        fields = ("name", "sid", "email")
        people = ({name: person.get(name, "") for name in fields} for person in self.submitters)
        return Record(
            folder=self.folder,
            submitters=tuple(Submitter(**person) for person in people if any(person.values())),
            created_at=_moment(self.created_at),
        )


def read_records(lines: Iterable[bytes]) -> tuple[Record, ...]:
    """Return the submissions that the metadata name, none where the file is something else.

    Raises: IntakeError when it is larger than any export.
    """
    records: list[Record] = []
    anchors: dict[str, str] = {}
    current: _Open | None = None
    for text in _whole_lines(lines):
        match = _LINE.fullmatch(text)
        if match is None:
            continue
        if not match["indent"] and not match["dash"]:
            records += [current.closed()] if current is not None else []
            current = _Open(folder=_scalar(match["key"], anchors)) if len(records) < MAX_RECORDS else None
        elif current is not None:
            _take(current, match, anchors)
    records += [current.closed()] if current is not None else []
    return tuple(record for record in records if record.submitters or record.created_at)


def _whole_lines(lines: Iterable[bytes]) -> Iterator[str]:
    """Give the lines that come in one piece; the others are too long to be the frame's."""
    is_start = True
    size_bytes = 0
    for line in lines:
        size_bytes += len(line)
        if size_bytes > MAX_BYTES:
            raise IntakeError(f"Gradescope's metadata have more than {MAX_BYTES:,} bytes; export the submissions again")
        is_end = line.endswith(b"\n")
        if is_start and (is_end or len(line) < 4096):
            yield line.decode("utf-8", "replace").rstrip("\r\n")
        is_start = is_end


def _take(current: _Open, match: re.Match[str], anchors: dict[str, str]) -> None:
    """Take a line below the record's own if it is one of the fields that matter."""
    indent, key = len(match["indent"]), match["key"].strip("'\"").lstrip(":")
    value = match["value"] or ""
    if current.indent < 0:
        current.indent = indent
    if indent == current.indent and not match["dash"]:
        current.is_in_submitters = key == "submitters"
        if key == "created_at":
            current.created_at = _scalar(value, anchors)
    elif current.is_in_submitters:
        if match["dash"]:
            current.submitters.append({})
        if current.submitters:
            current.submitters[-1].setdefault(key, _scalar(value, anchors))


def _scalar(text: str, anchors: dict[str, str]) -> str:
    """Return what a plain, quoted or repeated value says, "" for nothing and for what is more than a line."""
    anchored = _ANCHOR.fullmatch(text)
    if anchored is not None:
        anchors[anchored["name"]] = _scalar(anchored["value"], {})
        return anchors[anchored["name"]]
    if text.startswith("*"):
        return anchors.get(text[1:].strip(), "")
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return _ESCAPE.sub(_unescaped, text[1:-1])
    return "" if text in ("~", "null", "[]", "{}") or text.startswith(("!", "|", ">")) else text


def _unescaped(match: re.Match[str]) -> str:
    digits = match["x"] or match["u"] or match["U"]
    if digits:
        number = int(digits, 16)
        return chr(number) if number <= 0x10FFFF else "_"
    return _ESCAPED.get(match["plain"], match["plain"])


def _moment(text: str) -> datetime | None:
    """Return the time; Gradescope's are in UTC where they do not say."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    fraction = (match["fraction"] or "0")[:6].ljust(6, "0")
    zone = "+00:00" if match["zone"] in (None, "Z", "UTC") else match["zone"]
    try:
        return datetime.fromisoformat(f"{match['date']}T{match['clock']}.{fraction}{zone}").astimezone(UTC)
    except ValueError:
        return None
