"""A class with one file, folder or archive for each student, called after the student.

Several attempts of one student are told as `attempts` has it, beside each other (`ada_attempt1.py`, `ada_attempt2.zip`) or
inside the student's folder, when everything in it is called as an attempt (`ada/attempt_1`, `ada/2026-01-31`). Two things
with the same name and no such end (`ada.py`, `ada.ipynb`) are two students: nobody can tell which of them counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.errors import IntakeError
from grader.intake.attempts import Mark, attempt_mark
from grader.intake.class_listing import Item, Listing
from grader.intake.found import SOURCES, Found, Shape, is_clutter, is_side_file, note, stem_of, work_at
from grader.intake.paths import shown

NAME = "one entry for each student"


@dataclass(slots=True)
class _Students:
    """The students met so far: an entry without a mark that comes second under a name is another student."""

    unmarked: set[str] = field(default_factory=set)
    again: list[str] = field(default_factory=list)

    def key_of(self, mark: Mark, item: Item) -> str:
        if mark.order[0]:
            return mark.rest
        if mark.rest in self.unmarked:
            self.again.append(item.path)
            return f"{mark.rest}/{item.name}"  # no name holds a slash
        self.unmarked.add(mark.rest)
        return mark.rest


def read_plain(listing: Listing, items: Sequence[Item], slug: str) -> Shape:
    """Take everything that may be a student's work for it."""
    found, notes = entries_among(listing, items)
    named = [item.name for item in items if item.is_file and item.name.lower() in {f"{slug}{kind}".lower() for kind in SOURCES}]
    if named:
        notes += (
            f"{shown(named[0])} is called as the assignment and counts as a student here; "
            f"if this is the work of one student, use `grade` instead of `batch`.",
        )
    return Shape(name=NAME, found=found, notes=notes)


def entries_among(listing: Listing, items: Iterable[Item]) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """Return an entry for everything that may be a student's, and a note on what is not."""
    students = _Students()
    found: list[Found] = []
    left_out: list[str] = []
    for item in items:
        if is_clutter(item) or is_side_file(item):
            left_out.append(item.path)
            continue
        found += _attempts_inside(listing, item) or [_entry(listing, item, students)]
    return tuple(found), (
        *note("Left out, being no student's work:", left_out),
        *note("Called as another entry and counted as students of their own; remove what is not meant:", students.again),
    )


def _entry(listing: Listing, item: Item, students: _Students) -> Found:
    mark = attempt_mark(_stem(item))
    if not mark.rest:  # the whole name looks like an attempt, but of whom?
        mark = Mark(rest=_stem(item))
    whole, problem = work_at(listing, item)
    return Found(
        key=students.key_of(mark, item),
        label=mark.rest,
        origin=item.path,
        whole=whole,
        order=mark.order,
        handed_in=mark.handed_in,
        problem=problem,
    )


def _stem(item: Item) -> str:
    return item.name if item.is_folder else stem_of(item.name)


def _attempts_inside(listing: Listing, item: Item) -> list[Found]:
    """Return the attempts in a student's folder, none where it holds anything else."""
    if not item.is_folder:
        return []
    try:
        children = [child for child in listing.children(item.path) if not is_clutter(child) and not is_side_file(child)]
    except IntakeError:  # it becomes the folder's own problem
        return []
    attempts = list(_marked(listing, item, children))
    return attempts if len(attempts) == len(children) else []


def _marked(listing: Listing, student: Item, children: Iterable[Item]) -> Iterator[Found]:
    for child in children:
        mark = attempt_mark(_stem(child))
        if mark.rest:
            return
        whole, problem = work_at(listing, child)
        yield Found(
            key=student.name,
            label=student.name,
            origin=child.path,
            whole=whole,
            order=mark.order,
            handed_in=mark.handed_in,
            problem=problem,
        )
