"""The bulk download of Moodle, in folders or flat.

Each student has a folder `Ada Lovelace_1234_assignsubmission_file` (older versions: with "_" at the end), or flat each file is
called `Ada Lovelace_1234_assignsubmission_file_conv_nets.ipynb`; with blind marking `Participant_1234_...`, for groups the
group's name and number, or no number. What was typed into Moodle is called `..._assignsubmission_onlinetext...`
(moodle/moodle, mod/assign/classes/downloader.php, 2026). Only the last attempt of a student is in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.intake.class_listing import Item, Listing
from grader.intake.class_plain import entries_among
from grader.intake.found import Found, Piece, Shape, flat_work, note, prevails, work_at

NAME = "Moodle download"

# Moodle writes a space for every "_" in a name.
_NAME = re.compile(r"(?P<who>(?P<person>[^_]+)(?:_\d+)?)_assignsubmission_(?P<plugin>[a-z0-9]+)(?:_(?P<file>.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A folder or file of a student; `name` is a flat file's own name."""

    item: Item
    who: str
    person: str
    plugin: str
    name: str


def read_moodle(listing: Listing, items: Sequence[Item], slug: str) -> Shape | None:
    """Read the class if its names have the form of Moodle, else return nothing."""
    del slug
    parts = {item.path: part for item in items if (part := _parsed(item)) is not None}
    others = [item for item in items if item.path not in parts]
    if not prevails(len(parts), others):
        return None
    by_student: defaultdict[str, list[_Part]] = defaultdict(list)
    for part in parts.values():
        by_student[part.who].append(part)
    found, notes = entries_among(listing, others)
    students = tuple(_student(listing, theirs) for theirs in by_student.values())
    used = {one.origin for one in students} | {piece.source for one in students for piece in one.pieces}
    return Shape(
        name=NAME,
        found=(*students, *found),
        notes=(
            *notes,
            *note("Left out beside the uploaded files:", [path for path in parts if path not in used]),
            *note("Without Moodle's form of name; each counts as a student:", [one.origin for one in found]),
        ),
    )


def _parsed(item: Item) -> _Part | None:
    match = _NAME.fullmatch(item.name)
    if match is None or (item.is_file and not match["file"]):
        return None
    return _Part(item=item, who=match["who"], person=match["person"], plugin=match["plugin"], name=match["file"] or "")


def _student(listing: Listing, parts: Sequence[_Part]) -> Found:
    who = parts[0].who
    uploads = [part for part in parts if part.plugin == "file"]
    folders = [part.item for part in uploads if not part.name]
    whole, problem = "", ""
    pieces: tuple[Piece, ...] = ()
    if folders:
        whole, problem = work_at(listing, folders[0])
    elif uploads:
        pieces, problem = flat_work(listing, [(part.item, part.name) for part in uploads])
    else:
        problem = "nothing but text typed into Moodle was handed in; ask the student to upload the file"
    return Found(
        key=f"moodle/{who}",
        label=who,
        name=parts[0].person,
        origin=(uploads or parts)[0].item.path,
        whole=whole,
        pieces=pieces,
        problem=problem,
    )
