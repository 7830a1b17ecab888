"""The bulk download of Blackboard: one flat folder with several attempts of each student.

Each file is called `Homework 1_ada_attempt_2026-01-31-23-59-00_conv_nets.ipynb`: assignment, user name, time, the file's name.
Beside them lies a text for each attempt, the same name without the file's, that begins "Name: Ada Lovelace (ada)". (Told by
the tools that read these downloads; Blackboard's source is not public.) Where that text is missing, the user name is taken to
be what follows the last "_".
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.errors import IntakeError
from grader.intake.attempts import sortable
from grader.intake.class_listing import Item, Listing
from grader.intake.class_plain import entries_among
from grader.intake.found import Found, Shape, flat_work, is_clutter, note, prevails

NAME = "Blackboard download"

_NAME = re.compile(r"(?P<who>.+_.+)_attempt_(?P<time>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|(?P<text>\.txt))", re.DOTALL)
_PERSON = re.compile(r"\ufeff?Name: (?P<name>.*) \((?P<user>[^()]+)\)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file of the download; the text about an attempt has no `name`."""

    item: Item
    who: str  # assignment and user
    time: str
    name: str


def read_blackboard(listing: Listing, items: Sequence[Item], slug: str) -> Shape | None:
    """Read the class if its names have the form of Blackboard, else return nothing."""
    del slug
    files = {item.path: file for item in items if (file := _parsed(item)) is not None}
    assignment = os.path.commonprefix([file.who for file in files.values()])  # noqa: RUF071 - of characters, not of folders
    others = [item for item in items if item.path not in files]
    if "_" not in assignment or not prevails(len(files), others):
        return None
    by_attempt: defaultdict[tuple[str, str], list[_File]] = defaultdict(list)
    for file in files.values():
        by_attempt[file.who, file.time].append(file)
    people = _people(listing, files.values())
    found, notes = entries_among(listing, others)
    return Shape(
        name=NAME,
        found=(*(_attempt(listing, theirs, people) for theirs in by_attempt.values()), *found),
        notes=(*notes, *note("Without Blackboard's form of name; each counts as a student:", [one.origin for one in found])),
    )


def _parsed(item: Item) -> _File | None:
    match = _NAME.fullmatch(item.name)
    if match is None or item.is_folder or is_clutter(item):
        return None
    return _File(item=item, who=match["who"], time=match["time"], name=match["file"] or "")


def _people(listing: Listing, files: Iterable[_File]) -> dict[str, tuple[str, str]]:
    """Return user and name of each student, as far as one of the texts about the attempts tells them."""
    people: dict[str, tuple[str, str]] = {}
    for file in files:
        if not file.name and file.who not in people and (person := _person(listing, file)) is not None:
            people[file.who] = person
    return people


def _person(listing: Listing, text: _File) -> tuple[str, str] | None:
    """Return user and name from the text's first line, as far as it agrees with the file's name."""
    try:
        line = next(listing.lines(text.item.path), b"").decode("utf-8", "replace")
    except IntakeError:  # it only tells the name more exactly
        return None
    match = _PERSON.fullmatch(line)
    return (match["user"], match["name"]) if match and text.who.endswith(f"_{match['user']}") else None


def _attempt(listing: Listing, files: Sequence[_File], people: Mapping[str, tuple[str, str]]) -> Found:
    who = files[0].who
    uploads = [file for file in files if file.name]
    user, name = people.get(who, (who.rpartition("_")[2], ""))
    pieces, problem = flat_work(listing, [(file.item, file.name) for file in uploads])
    moment = _moment(files[0].time)
    if not uploads:
        problem = "nothing but text typed into Blackboard was handed in; ask the student to upload the file"
    return Found(
        key=f"blackboard/{who}",
        label=user,
        name=name,
        origin=(uploads or files)[0].item.path,
        pieces=pieces,
        order=(True, 0, sortable(moment) or files[0].time),
        handed_in=moment.isoformat() if moment else "",
        problem=problem,
    )


def _moment(time: str) -> datetime | None:
    try:
        return datetime.strptime(time, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
