"""Several attempts of one student: how their names tell which is which, their numbers, and which of them count.

The end of a name says which attempt it is only in a form that is hardly ever meant otherwise (upper or lower case,
after a space, "_", "-" or "." or in parentheses):

- a word and a number: `ada_attempt2`, `ada-try-1`, `ada (version 3)`, `ada_v2`, `ada_revision_1`
- a date with or without a time: `ada_2026-01-31`, `ada_2026-01-31T23-59-00Z`, `ada_20260131-2359`, `ada_20260131235900`

`ada-2` and `ada (1)` are students of their own: the number may belong to the name. So is `lovelace_20260131`: many
students have numbers of eight digits. An attempt that does not say which it is comes before those that do.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from grader.intake.found import UNORDERED, Found, Order
from grader.model import Entry

_START = r"(?:^|[ _.-]+)"  # nothing, or what separates it from the student
_NUMBERED = re.compile(rf"{_START}\(?(?:attempt|try|version|revision|v)[ _.-]?(?P<number>\d{{1,4}})\)?\Z", re.IGNORECASE)
_ZONE = r"(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?"
_TIMED = (
    re.compile(
        rf"{_START}(?P<date>\d{{4}}-\d\d-\d\d)"
        rf"(?:[T _-]+(?P<hour>\d\d)[-:.h_]?(?P<minute>\d\d)(?:[-:.m_]?(?P<second>\d\d)(?:\.\d+)?)? ?{_ZONE})?\Z",
        re.IGNORECASE,
    ),
    re.compile(
        rf"{_START}(?P<date>\d{{8}})(?:[T _-](?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?|"
        rf"(?P<hour2>\d\d)(?P<minute2>\d\d)(?P<second2>\d\d)){_ZONE}\Z",
        re.IGNORECASE,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the end of a name says about an attempt, and the rest of the name."""

    rest: str
    order: Order = UNORDERED
    handed_in: str = ""


def attempt_mark(stem: str) -> Mark:
    """Take apart a name without its extension."""
    rest, moment = _without_time(stem)
    numbered = _NUMBERED.search(rest)
    number = 0
    if numbered is not None:
        rest, number = rest[: numbered.start()], int(numbered["number"])
    if numbered is None and moment is None:
        return Mark(rest=stem)
    return Mark(rest=rest, order=(True, number, sortable(moment)), handed_in=moment.isoformat() if moment else "")


def _without_time(stem: str) -> tuple[str, datetime | None]:
    for pattern in _TIMED:
        match = pattern.search(stem)
        moment = None if match is None else _moment(match.groupdict())
        if match is not None and moment is not None:
            return re.sub(rf"{_START}attempt\Z", "", stem[: match.start()], flags=re.IGNORECASE), moment
    return stem, None


def _moment(parts: dict[str, str | None]) -> datetime | None:
    """Return the moment, or nothing where the digits are no date."""
    date = (parts["date"] or "").replace("-", "")
    clock = "".join(parts[unit] or parts.get(f"{unit}2") or "00" for unit in ("hour", "minute", "second"))
    zone = parts["zone"] or ""
    zone = "+0000" if zone.upper() in ("Z", "UTC") else zone.replace(":", "")
    try:
        moment = datetime.strptime(date + clock + zone, "%Y%m%d%H%M%S%z" if zone else "%Y%m%d%H%M%S")
    except ValueError:
        return None
    return moment if 1990 <= moment.year <= 2099 else None


def sortable(moment: datetime | None) -> str:
    """Return a moment so that the texts of two sort as the moments do; without a zone it counts as UTC."""
    if moment is None:
        return ""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt and its place among those of its student."""

    found: Found
    number: int  # from 1, the earliest
    of: int


def number_attempts(found: Iterable[Found]) -> tuple[Attempt, ...]:
    """Number the attempts of each student by what they say themselves, then by name."""
    by_student: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_student[one.key].append(one)
    return tuple(
        Attempt(found=one, number=number, of=len(theirs))
        for theirs in by_student.values()
        for number, one in enumerate(sorted(theirs, key=lambda one: (one.order, one.origin)), start=1)
    )


def unclear_orders(attempts: Sequence[Attempt]) -> tuple[str, ...]:
    """Return where the attempts lie whose place among those of their student nothing but their name decided."""
    claims = Counter((one.found.key, one.found.order) for one in attempts)
    return tuple(
        one.found.origin
        for one in attempts
        if one.of > 1 and (not one.found.order[0] or claims[one.found.key, one.found.order] > 1)
    )


def attempt_id(student: str, number: int, of: int) -> str:
    """Return what names one attempt among those of all students; no student's id holds "~"."""
    return f"{student}~{number}" if of > 1 else student


def choose_attempts(entries: Iterable[Entry], which: str) -> tuple[Entry, ...]:
    """Return the attempts that count, sorted by student: each student's "last", "first", or all, of which the "best" will.

    Where one attempt of a student is kept its id is the student's alone, else `student~N`.
    """
    if which not in ("last", "first", "best"):
        raise ValueError(f"no way to choose attempts: {which!r}")
    ranked = sorted(entries, key=lambda entry: (*_by_student(entry), entry.attempt))
    if which == "best":
        return tuple(replace(entry, id=attempt_id(entry.student, entry.attempt, entry.attempts)) for entry in ranked)
    # Of several with the same key a dictionary keeps the last.
    kept = {entry.student: replace(entry, id=entry.student) for entry in (ranked if which == "last" else reversed(ranked))}
    return tuple(sorted(kept.values(), key=_by_student))


def _by_student(entry: Entry) -> tuple[str, str]:
    return entry.student.casefold(), entry.student
