"""Tells by its shape where a class comes from; no option says so.

A platform's form is looked for at the top, and where that holds a single folder, in that folder, as archives have one and
unpacking often adds one. What has no platform's form has one entry for each student. A folder is then taken as it is; in an
archive a single folder is taken for the class, unless the assignment's own file lies in it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.errors import IntakeError
from grader.intake.class_blackboard import read_blackboard
from grader.intake.class_canvas import read_canvas
from grader.intake.class_gradescope import read_gradescope
from grader.intake.class_listing import Item, Listing
from grader.intake.class_moodle import read_moodle
from grader.intake.class_nbgrader import read_nbgrader
from grader.intake.class_plain import read_plain
from grader.intake.found import SOURCES, Shape, is_clutter, is_side_file
from grader.intake.paths import shown

MAX_WRAPPINGS = 4  # folders inside each other that hold nothing but the next

_PLATFORMS: tuple[Callable[[Listing, Sequence[Item], str], Shape | None], ...] = (
    read_nbgrader,
    read_gradescope,
    read_moodle,
    read_blackboard,
    read_canvas,
)


def recognise(listing: Listing, slug: str) -> Shape:
    """Return what a class consists of; raises IntakeError where nothing can be a student's work."""
    tops = _tops(listing, slug)
    for items in tops:
        for read in _PLATFORMS:
            shape = read(listing, items, slug)
            if shape is not None:
                return shape
    items = tops[-1] if listing.is_archive else tops[0]
    shape = read_plain(listing, items, slug)
    if not shape.found:
        raise IntakeError(
            f"{listing.name} holds nothing that can be a student's work; "
            f"give a folder or an archive with one file, folder or archive for each student"
        )
    if items is not tops[0]:
        folder = items[0].path.rpartition("/")[0]
        wrapped = f"{shown(folder)} is the only folder in {listing.name} and was taken for the class."
        shape = replace(shape, notes=(wrapped, *shape.notes))
    return shape


def _tops(listing: Listing, slug: str) -> list[tuple[Item, ...]]:
    """Return what lies at the top, and inside each single folder from there on."""
    tops = [listing.children("")]
    while len(tops) <= MAX_WRAPPINGS:
        inside = [item for item in tops[-1] if not is_clutter(item) and not is_side_file(item)]
        if len(inside) != 1 or not inside[0].is_folder:
            break
        try:
            items = listing.children(inside[0].path)
        except IntakeError:  # it becomes the problem of this one student
            break
        if not items or any(item.name.lower() in {f"{slug}{kind}".lower() for kind in SOURCES} for item in items):
            break
        tops.append(items)
    return tops
