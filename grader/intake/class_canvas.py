"""The bulk download of Canvas: one flat folder in which the files of all students lie beside each other.

Each file is called like `lovelaceada_LATE_1234_567890_conv_nets-1.ipynb`: the sortable name (or the group's) in lower case
without spaces, LATE where it is, the number of the user, the number of the file, the file's name. Anonymous ones have
`anon_x8f2a` instead of name and number. What was typed into Canvas is called `lovelaceada_1234_text.html`, a web address
`..._link.html` (instructure/canvas-lms, lib/content_zipper.rb, 2026). Only the last attempt of a student is in it.

When a student hands in a file again, Canvas puts "-1", "-2" or a UUID before the extension (Attachment.make_unique_filename).
It is taken off where the name without it is a notebook's or can be imported, and no other file of the student has that name.
A data file keeps it, because nobody can tell whether it is the student's own.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.intake.class_listing import Item, Listing
from grader.intake.class_plain import entries_among
from grader.intake.found import Found, Shape, flat_work, is_clutter, note, prevails
from grader.intake.student_ids import folded

NAME = "Canvas download"

# Older versions write "late" in lower case and "-" for what they take out of a name.
_WHO = r"(?:(?!LATE_|anon_)(?P<name>[\w-]+?)_)?(?:(?P<late>LATE|late)_)?(?P<user>\d+|anon_[0-9A-Za-z]+)"
_FILE = re.compile(rf"{_WHO}_(?P<attachment>\d{{3,}})_(?P<file>.+)", re.DOTALL)
_TYPED = re.compile(rf"{_WHO}_(?:text|link)\.html")
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_AGAIN = re.compile(rf"(?P<stem>.+)-(?:\d{{1,2}}|{_UUID})(?P<ending>\.py|\.ipynb)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """One file of the download and what its name says; typed text has no `attachment` and no `name`."""

    item: Item
    user: str
    person: str
    is_late: bool
    attachment: str = ""
    name: str = ""


def read_canvas(listing: Listing, items: Sequence[Item], slug: str) -> Shape | None:
    """Read the class if its names have the form of Canvas, else return nothing."""
    del slug
    files = {item.path: file for item in items if (file := _parsed(item)) is not None}
    others = [item for item in items if item.path not in files]
    if not _is_canvas(list(files.values()), others):
        return None
    by_user: defaultdict[str, list[_File]] = defaultdict(list)
    for file in files.values():
        by_user[file.user].append(file)
    found, notes = entries_among(listing, others)
    students = tuple(_student(listing, theirs) for theirs in by_user.values())
    typed = [
        file.item.path for theirs in by_user.values() for file in theirs if not file.name and any(one.name for one in theirs)
    ]
    return Shape(
        name=NAME,
        found=(*students, *found),
        notes=(
            *notes,
            *note("Typed into Canvas and left out beside the files:", typed),
            *note("Without Canvas' form of name; each counts as a student:", [one.origin for one in found]),
        ),
    )


def _parsed(item: Item) -> _File | None:
    if item.is_folder or is_clutter(item):
        return None
    match = _FILE.fullmatch(item.name) or _TYPED.fullmatch(item.name)
    if match is None:
        return None
    parts = match.groupdict()
    return _File(
        item=item,
        user=parts["user"],
        person=parts["name"] or "",
        is_late=parts["late"] is not None,
        attachment=parts.get("attachment") or "",
        name=parts.get("file") or "",
    )


def _is_canvas(files: Sequence[_File], others: Sequence[Item]) -> bool:
    """Tell Canvas' numbers from others: no two files have the same one, and no two persons are the same user."""
    if not prevails(len(files), others):
        return False
    attachments = Counter(file.attachment for file in files if file.attachment)
    persons = {(file.user, file.person) for file in files}
    return max(attachments.values(), default=1) == 1 and len(persons) == len({file.user for file in files})


def _student(listing: Listing, files: Sequence[_File]) -> Found:
    first = files[0]
    uploads = [file for file in files if file.name]
    names = own_names([file.name for file in uploads])
    pieces, problem = flat_work(listing, [(file.item, name) for file, name in zip(uploads, names, strict=True)])
    if not uploads:
        problem = f"only {first.item.name} was handed in, which was typed into Canvas; ask the student to upload the file"
    return Found(
        key=f"canvas/{first.user}",
        label=f"{first.person}_{first.user}" if first.person else first.user,
        name=first.person,
        origin=first.item.path,
        pieces=pieces,
        late=any(file.is_late for file in files),
        problem=problem,
    )


def own_names(names: Sequence[str]) -> list[str]:
    """Return the names that a student's files had before Canvas made them differ from those of earlier attempts."""
    wanted = [_without_number(name) for name in names]
    claims = Counter(folded(name) for name in wanted)
    taken = {folded(name) for name in names}
    return [
        own if own == name or (claims[folded(own)] == 1 and folded(own) not in taken) else name
        for name, own in zip(names, wanted, strict=True)
    ]


def _without_number(name: str) -> str:
    match = _AGAIN.fullmatch(name)
    if match is None:
        return name
    stem, ending = match["stem"], match["ending"]
    can_be_imported = stem.isidentifier() and not keyword.iskeyword(stem)
    return stem + ending if can_be_imported or ending.lower() == ".ipynb" else name
