"""nbgrader's folder `submitted/<student>/<assignment>/`, alone or in the folder of the course.

Beside it the course has `source`, `release`, `autograded` and `feedback`, which are no students. The time of a submission
stands in its `timestamp.txt` (jupyter/nbgrader, nbgrader/coursedir.py, 2026). Of several assignments the one that is called
as ours counts. Only the last attempt of a student is in it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import islice

from grader.errors import IntakeError
from grader.intake.attempts import sortable
from grader.intake.class_listing import Item, Listing
from grader.intake.class_plain import entries_among
from grader.intake.found import Found, Shape, is_clutter, is_work, note, work_at
from grader.intake.paths import listed, shown

NAME = "nbgrader submitted/"

_SUBMITTED = "submitted"
_TIMESTAMP = "timestamp.txt"
_COURSE = frozenset(
    {"source", "release", "autograded", "feedback", "source_with_tests", "solution", "gradebook.db", "nbgrader_config.py"}
)
_LOOKED_AT = 20  # students whose folders are searched for a timestamp
_TIME = re.compile(r"(?P<moment>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d{1,6})?) ?(?P<zone>[A-Z]{1,5}|[+-]\d\d:?\d\d)?")


def read_nbgrader(listing: Listing, items: Sequence[Item], slug: str) -> Shape | None:
    """Read the class if it is laid out as nbgrader does, else return nothing.

    Raises: IntakeError when there are several assignments and none is called as ours.
    """
    submitted = next((item for item in items if item.is_folder and item.name == _SUBMITTED), None)
    beside = [item for item in items if item is not submitted]
    if submitted is None:
        return _read(listing, items, (), slug) if _is_submitted(listing, items, slug) else None
    students = listing.children(submitted.path)
    if any(item.name in _COURSE for item in beside) or _is_submitted(listing, students, slug):
        return _read(listing, students, beside, slug)
    return None


def _is_submitted(listing: Listing, items: Sequence[Item], slug: str) -> bool:
    """Tell whether most of these are students with assignments; a few are looked at, so that a large class costs nothing."""
    name = items[0].path.rpartition("/")[0].rpartition("/")[2] or listing.name if items else ""
    assignment = slug if name == _SUBMITTED else ""
    students = list(islice((item for item in items if item.is_folder and not is_clutter(item)), _LOOKED_AT))
    return 2 * sum(_has_assignment(listing, student, assignment) for student in students) > len(students)


def _has_assignment(listing: Listing, student: Item, assignment: str) -> bool:
    """Tell whether a student's folder holds a folder with a timestamp, or one that is called as the assignment."""
    try:
        folders = [child for child in listing.children(student.path)[:_LOOKED_AT] if child.is_folder]
        return any(
            (assignment and _plain(folder.name) == _plain(assignment))
            or any(file.name == _TIMESTAMP for file in listing.children(folder.path))
            for folder in folders
        )
    except IntakeError:  # the other students tell
        return False


def _read(listing: Listing, students: Sequence[Item], beside: Sequence[Item], slug: str) -> Shape:
    layout = _Layout(listing, students)
    assignment = _assignment(layout.folders, slug)
    found, notes = entries_among(listing, layout.others)
    entries = [_entry(listing, s, ours[assignment]) for s, ours in layout.folders.items() if assignment in ours]
    missing = [student.name for student, ours in layout.folders.items() if assignment not in ours]
    return Shape(
        name=NAME,
        found=(*entries, *found),
        notes=(
            *notes,
            *note("Beside the folder submitted and left out:", [item.name for item in beside]),
            *note(f"Handed in nothing for {shown(assignment)}:", missing),
            *note("In no assignment's folder and left out:", layout.loose),
            *note("Without a folder for the assignment; each counts as a student:", [one.origin for one in found]),
        ),
    )


class _Layout:
    """The assignments of each student, and what is not where nbgrader puts it."""

    def __init__(self, listing: Listing, students: Sequence[Item]):
        """Look into the folder of each student."""
        self.folders: dict[Item, dict[str, Item]] = {}
        self.loose: list[str] = []
        self.others: list[Item] = []  # whose work, if it is any, lies somewhere else
        for student in students:
            children = _inside(listing, student)
            folders = {child.name: child for child in children or () if child.is_folder}
            files = [child for child in children or () if not child.is_folder]
            if children is None or (not folders and any(map(is_work, files))):
                self.others.append(student)
            else:
                self.folders[student] = folders
                self.loose += [file.path for file in files]


def _inside(listing: Listing, student: Item) -> list[Item] | None:
    """Return what lies in a student's folder, nothing where it is none or cannot be read."""
    if not student.is_folder or is_clutter(student):
        return None
    try:
        return [child for child in listing.children(student.path) if not is_clutter(child)]
    except IntakeError:  # it becomes the problem of an entry
        return None


def _assignment(folders: Mapping[Item, Mapping[str, Item]], slug: str) -> str:
    """Return the assignment to grade: the one called as ours, else the only one."""
    counts = Counter(name for assignments in folders.values() for name in assignments)
    alike = sorted(name for name in counts if _plain(name) == _plain(slug))
    if slug in counts:
        return slug
    if not counts:
        raise IntakeError(
            "no student in submitted/ has a folder for an assignment; give a folder with submitted/<student>/<assignment>/"
        )
    if len(alike) == 1:
        return alike[0]
    if len(counts) == 1:
        return next(iter(counts))
    raise IntakeError(
        f"submitted/ holds {len(counts)} assignments ({listed(sorted(counts))}) and none is called {slug}; "
        f"rename the folders of the one that is meant to {slug}, or give a folder with that one only"
    )


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _entry(listing: Listing, student: Item, assignment: Item) -> Found:
    whole, problem = work_at(listing, assignment, besides=(_TIMESTAMP,))
    moment = None if problem else _handed_in(listing, assignment)
    return Found(
        key=f"nbgrader/{student.name}",
        label=student.name,
        origin=assignment.path,
        whole=whole,
        order=(True, 0, sortable(moment)),
        handed_in=moment.isoformat() if moment else "",
        problem=problem,
    )


def _handed_in(listing: Listing, assignment: Item) -> datetime | None:
    if not any(child.name == _TIMESTAMP and child.is_file for child in listing.children(assignment.path)):
        return None
    try:
        line = next(listing.lines(f"{assignment.path}/{_TIMESTAMP}"), b"")
    except IntakeError:  # the time is nice to know and decides nothing: there is one attempt
        return None
    return _moment(line.decode("utf-8", "replace").strip())


def _moment(text: str) -> datetime | None:
    """Return the time; one in a zone with a name other than UTC is taken for the local time that it is."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    zone = match["zone"] or ""
    offset = "+00:00" if zone in ("UTC", "GMT", "UCT", "Z") else zone if zone[:1] in ("+", "-") else ""
    try:
        return datetime.fromisoformat(match["moment"].replace(" ", "T") + offset)
    except ValueError:
        return None
