"""Gives every attempt of a class one path that open_submission() understands: where it lies, or a copy in a folder of ours."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import IntakeError
from grader.intake.class_archives import TarClass, ZipClass
from grader.intake.class_listing import FolderListing
from grader.intake.found import Found, Piece, note
from grader.intake.paths import environments_among, is_ignored, shown
from grader.intake.staging import emptied
from grader.intake.unpacking import Job, placed, unpack

Listed = FolderListing | ZipClass | TarClass
_Work = tuple[str, tuple[Piece, ...]]  # the same for all students of a group


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an attempt can be opened, or why it cannot."""

    path: Path | None = None
    problem: str = ""


def hand_out(listing: Listed, found: Sequence[Found], names: Sequence[str], staging: Path) -> tuple[list[Place], tuple[str, ...]]:
    """Return the place of each attempt, and what is to be said about all of them.

    A folder with the attempt's name is made in `staging` if need be. Students of one group share a place.

    Raises: IntakeError when `staging` is not ours, the disk is full, or the class cannot be read to its end.
    """
    jobs: dict[_Work, Job] = {}
    for one, name in zip(found, names, strict=True):
        if not one.problem and not _stays(listing, one) and _work(one) not in jobs:
            jobs[_work(one)] = _job(listing, one, name)
    folder = emptied(staging) if jobs else staging
    unpack(listing, jobs.values(), folder)
    return [_place(listing, one, jobs, folder) for one in found], _notes(listing, found, list(jobs.values()))


def _work(one: Found) -> _Work:
    return one.whole, one.pieces


def _stays(listing: Listed, one: Found) -> bool:
    return isinstance(listing, FolderListing) and bool(one.whole)


def _job(listing: Listed, one: Found, name: str) -> Job:
    """Return what is to be written for an attempt, or why it cannot be."""
    names = _names(listing, one)
    job = Job(name=name, origin=one.origin, files={})
    if not names:
        job.problem = f"{shown(one.origin)} holds no files, or only caches and links; put the student's work there"
    if not isinstance(listing, FolderListing):
        job.packed_bytes = listing.packed_bytes(names)
    try:
        job.files = placed(names, origin=shown(one.origin))
    except IntakeError as error:
        job.problem = str(error)
    return job


def _names(listing: Listed, one: Found) -> dict[str, str]:
    """Return the files of an attempt and what each is to be called."""
    if one.pieces or isinstance(listing, FolderListing):
        return {piece.source: piece.name for piece in one.pieces}
    if listing.tree.has_file(one.whole):
        return {one.whole: one.whole.rpartition("/")[2]}
    inside = {path: path[len(one.whole) + 1 :] for path in listing.tree.below(one.whole)}
    environments = environments_among(inside.values())
    return {path: name for path, name in inside.items() if not is_ignored(name, environments)}


def _place(listing: Listed, one: Found, jobs: dict[_Work, Job], folder: Path) -> Place:
    if one.problem:
        return Place(problem=one.problem)
    job = jobs.get(_work(one))
    if job is None:
        assert isinstance(listing, FolderListing)
        return Place(path=listing.on_disk(one.whole))
    if job.problem:
        return Place(problem=job.problem)
    names = list(job.files.values())
    is_file = len(names) == 1 and (bool(one.pieces) or one.whole in job.files)
    return Place(path=folder / job.name / names[0] if is_file else folder / job.name)


def _notes(listing: Listed, found: Sequence[Found], jobs: Collection[Job]) -> tuple[str, ...]:
    if isinstance(listing, FolderListing):
        return ()
    entries = {one.origin for one in found}
    unpacked = {source for job in jobs for source in job.files}
    return (
        *note("Links are not unpacked; left out:", set(listing.tree.links) - entries),
        *note("Names that were there more than once; the last of each was taken:", unpacked.intersection(listing.tree.twice)),
    )
