"""The submissions that Gradescope exports: a folder `submission_123` for each, and `submission_metadata.yml`.

The metadata say whose each one is: name, `sid` (which may be missing), e-mail address, time. A group's submission has several
submitters and becomes an entry for each of them, all with the same path. Gradescope is not public; this is how the tools of
courses read its exports (2026). Only the active submission of a student is in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.intake.attempts import sortable
from grader.intake.class_listing import Item, Listing
from grader.intake.class_plain import entries_among
from grader.intake.found import Found, Shape, note, work_at
from grader.intake.gradescope_metadata import Record, Submitter, read_records
from grader.intake.paths import shown

NAME = "Gradescope export"
METADATA = "submission_metadata.yml"


def read_gradescope(listing: Listing, items: Sequence[Item], slug: str) -> Shape | None:
    """Read the class if Gradescope's metadata lie in it, else return nothing."""
    del slug
    metadata = next((item for item in items if item.name.lower() == METADATA and item.is_file), None)
    if metadata is None:
        return None
    records = read_records(listing.lines(metadata.path))
    if not records:
        return None
    by_name = {item.name: item for item in items}
    groups = [_students(listing, record, by_name.get(record.folder)) for record in records]
    known = {record.folder for record in records} | {metadata.name}
    found, notes = entries_among(listing, [item for item in items if item.name not in known])
    return Shape(
        name=NAME,
        found=(*(one for group in groups for one in group), *found),
        notes=(*notes, *note(f"Not in {METADATA}; each counts as a student:", [one.origin for one in found])),
    )


def _students(listing: Listing, record: Record, item: Item | None) -> Iterable[Found]:
    """Return an entry for each student of a submission."""
    if item is None:
        whole, problem = "", f"{shown(record.folder)} is named in {METADATA} and is not there; export the submissions again"
    else:
        whole, problem = work_at(listing, item)
    created = record.created_at
    shared = Found(
        key=f"gradescope/{record.folder}",
        label=record.folder,
        origin=item.path if item is not None else record.folder,
        whole=whole,
        order=(True, 0, sortable(created)),
        handed_in=created.isoformat() if created else "",
        problem=problem,
    )
    return [_of(shared, submitter) for submitter in record.submitters] or [shared]


def _of(shared: Found, submitter: Submitter) -> Found:
    sure = submitter.sid or submitter.email
    key = f"gradescope:{sure}" if sure else f"{shared.key}/{submitter.name}"  # two students may have one name
    return replace(shared, key=key, label=sure or submitter.name, name=submitter.name)
