"""Opens a class: a folder, an archive or a platform's bulk download becomes one entry for each attempt of each student.

Where it comes from is told by its shape (`class_shapes`). What lies in a folder stays where it is. What lies in an archive, or
has to be brought together or named again first, is written into a folder of ours. An entry that cannot be opened is an entry
with its reason; nothing in one entry keeps the others from being opened.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from grader.errors import IntakeError
from grader.intake.attempts import Attempt, attempt_id, number_attempts, unclear_orders
from grader.intake.class_archives import TarClass, ZipClass
from grader.intake.class_listing import FolderListing
from grader.intake.class_shapes import recognise
from grader.intake.class_tree import Flaw
from grader.intake.found import ARCHIVES, Found, note, stem_of
from grader.intake.handing_out import Listed, Place, hand_out
from grader.intake.paths import is_ignored, printable, shown
from grader.intake.student_ids import Ids, unique_ids
from grader.model import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRoll:
    """Everybody's work in a class."""

    shape: str  # "Canvas download", "one entry for each student"
    entries: tuple[Entry, ...]  # sorted by student and attempt
    notes: tuple[str, ...]  # what was left out, named differently or guessed, a sentence each


def open_class(path: Path, *, staging: Path, slug: str) -> ClassRoll:
    """Return the entries of the class at this path for an assignment.

    `staging` is emptied first where something has to be written into it; it must be a folder that we made, or none yet.

    Raises: IntakeError when nothing there can be a class, or `staging` holds something that is not ours.
    """
    with _listed(path, staging) as listing:
        shape = recognise(listing, slug)
        found = shape.found if isinstance(listing, FolderListing) else tuple(_with_flaws(shape.found, listing.tree.flaws))
        attempts = number_attempts(found)
        ids = unique_ids({one.found.key: one.found.label for one in attempts})
        names = [attempt_id(ids.by_key[one.found.key], one.number, one.of) for one in attempts]
        places, placing_notes = hand_out(listing, [one.found for one in attempts], names, staging)
    entries = (_entry(one, name, ids, place) for one, name, place in zip(attempts, names, places, strict=True))
    return ClassRoll(
        shape=shape.name,
        entries=tuple(sorted(entries, key=lambda entry: (entry.student.casefold(), entry.student, entry.attempt))),
        notes=(
            *shape.notes,
            *note("Students who would have shared a folder with another got digits of their own:", ids.changed),
            *note("Attempts that do not say which they are were put in the order of their names:", unclear_orders(attempts)),
            *placing_notes,
        ),
    )


@contextmanager
def _listed(path: Path, staging: Path) -> Iterator[Listed]:
    """Open the folder or archive; what an archive is, its first bytes tell."""
    name = shown(path.name) or "the folder"
    full, stream = _opened(path, staging, name)
    if stream is None:
        yield FolderListing(full, without=staging)
        return
    with stream:
        magic = stream.read(2)
        is_packed = magic == b"\x1f\x8b"
        stream.seek(0)
        if magic == b"PK":
            yield ZipClass(stream, name)
        elif is_packed or full.name.lower().endswith(ARCHIVES):
            yield TarClass(stream, name, is_packed=is_packed)
        else:
            raise IntakeError(f"{name} is one file and no .zip, .tar or .tar.gz; give the folder or archive with the class")


def _opened(path: Path, staging: Path, name: str) -> tuple[Path, BinaryIO | None]:
    """Return where the class really lies, and its bytes when it is a file; a link to the class itself is followed."""
    try:
        full = Path(os.path.realpath(path))
        mode = full.stat().st_mode
        if full.is_relative_to(os.path.realpath(staging)):
            raise IntakeError(f"{path} lies in {staging}, which is emptied before a class is unpacked; choose another folder")
        if stat.S_ISDIR(mode):
            return full, None
        if stat.S_ISREG(mode):
            return full, full.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IntakeError(f"{name} cannot be read ({shown(reason)}); check the path") from error
    raise IntakeError(f"{name} is neither a folder nor an archive; give the folder or archive with the class")


def _with_flaws(found: Sequence[Found], flaws: Sequence[Flaw]) -> Iterator[Found]:
    """Give what was found, each with the flaw that the archive has there, and the flaws that are nobody's."""
    claims: dict[str, set[int]] = {}
    for index, one in enumerate(found):
        for path in {one.origin, one.whole, *(piece.source for piece in one.pieces)} - {""}:
            claims.setdefault(path, set()).add(index)
    problems: dict[int, str] = {}
    strays: dict[tuple[str, str], Found] = {}
    for flaw in flaws:
        if is_ignored(f"{flaw.owner}/", ()):
            continue
        owners = next((claims[path] for path in _upwards(flaw.owner) if path in claims), None)
        if owners is None:
            strays[flaw.owner, flaw.raw] = _stray(flaw)
        for index in owners or ():
            problems.setdefault(index, flaw.problem)
    for index, one in enumerate(found):
        yield replace(one, problem=problems.get(index, one.problem))
    yield from strays.values()


def _upwards(path: str) -> Iterator[str]:
    """Give a path and the folders around it."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _stray(flaw: Flaw) -> Found:
    """Return an entry for something that can be told to be nobody else's."""
    name = flaw.raw.replace("\\", "/").rpartition("/")[2]
    return Found(
        key=f"unsafe/{flaw.owner}/{flaw.raw}",
        label=stem_of(name),
        origin=shown(flaw.raw),
        problem=flaw.problem,
    )


def _entry(attempt: Attempt, name: str, ids: Ids, place: Place) -> Entry:
    found = attempt.found
    return Entry(
        id=name,
        student=ids.by_key[found.key],
        name=printable(found.name),
        attempt=attempt.number,
        attempts=attempt.of,
        handed_in=found.handed_in,
        late=found.late,
        origin=printable(found.origin),
        path=place.path,
        problem=place.problem,
    )
