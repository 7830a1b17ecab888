"""Writes the files of students into a folder for each, within limits that are held while writing.

Whatever is wrong with one student's files is that student's problem: the folder is removed again and the others go on. Links
are never written, and no two names end at one path, also where a system does not tell upper from lower case.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from grader.errors import IntakeError
from grader.intake.class_listing import Content
from grader.intake.collecting import FREE_BYTES, MAX_FILES, MAX_RATIO, MAX_TOTAL_BYTES, Readable
from grader.intake.paths import shown, storable_path
from grader.intake.student_ids import folded, portable_name

MAX_CLASS_BYTES = 50 * 10**9  # that all students together take on disk
PIECE_BYTES = 2**20

_IS_WINDOWS = os.name == "nt"
_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}


class Contents(Protocol):
    """A class that gives its files' bytes."""

    def contents(self, paths: Mapping[str, object]) -> Iterator[Content]:
        """Give the bytes of these files, each at least once."""


@dataclass(slots=True, kw_only=True)
class Job:
    """The files of one attempt that are to be written, and what came of it."""

    name: str  # of the folder that is made for it
    origin: str  # where the work lies in the class
    files: Mapping[str, str]  # path in the class -> path in the folder
    packed_bytes: int | None = None  # of the archive, where that is known
    problem: str = ""
    written_bytes: int = field(default=0, init=False)


def placed(names: Mapping[str, str], *, origin: str, for_windows: bool = _IS_WINDOWS) -> dict[str, str]:
    """Return for each source the path at which its file is stored, given the name that it is to have.

    Raises: IntakeError when a name is longer than file systems take, or when there are too many.
    """
    if len(names) > MAX_FILES:
        raise IntakeError(
            f"{origin} holds more than {MAX_FILES:,} files; leave out data, libraries and virtual environments "
            f"and hand it in again"
        )
    places = _Places(for_windows=for_windows)
    return {source: places.of(storable_path(name, origin=origin)) for source, name in sorted(names.items())}


class _Places:
    """The paths that are taken in one student's folder."""

    def __init__(self, *, for_windows: bool):
        self._for_windows = for_windows
        self._taken: set[str] = set()
        self._folders: dict[str, str] = {}
        self._next: dict[str, int] = {}

    def of(self, path: str) -> str:
        """Return a path of its own for a file."""
        folder, _, name = path.rpartition("/")
        return self._free(self._folder(folder), name)

    def _folder(self, path: str) -> str:
        """Return the path of a folder, the same each time."""
        parts = path.split("/") if path else []
        for level in range(1, len(parts) + 1):
            part = "/".join(parts[:level])
            if part not in self._folders:
                self._folders[part] = self._free(self._folders.get("/".join(parts[: level - 1]), ""), parts[level - 1])
        return self._folders.get(path, "")

    def _free(self, folder: str, name: str) -> str:
        stored = portable_name(name) if self._for_windows else name
        stored = "_" if stored in ("", ".", "..") else stored
        stem, dot, ending = stored.partition(".") if not stored.startswith(".") else (stored, "", "")
        candidate = f"{folder}/{stored}".lstrip("/")
        number = self._next.get(folded(candidate), 2)
        first = folded(candidate)
        while folded(candidate) in self._taken:
            candidate = f"{folder}/{stem}-{number}{dot}{ending}".lstrip("/")
            number += 1
        self._next[first] = number
        self._taken.add(folded(candidate))
        return candidate


def unpack(listing: Contents, jobs: Iterable[Job], folder: Path) -> None:
    """Write the files of all jobs below a folder; of a job that has a problem in the end nothing is left.

    Raises: IntakeError when the whole class cannot be read to its end, or the disk is full.
    """
    owners = {source: job for job in jobs if not job.problem for source in job.files}
    writer = _Writer(folder, owners)
    for content in listing.contents(owners):
        job = owners[content.path]
        if job.problem:
            continue
        try:
            writer.write(job, content)
        except IntakeError as error:
            writer.give_up(job, str(error))
        except OSError as error:
            if error.errno in _DISK_FULL:
                raise IntakeError(f"{folder} is on a disk that is full; make room or choose another folder") from error
            reason = shown(error.strerror or str(error))
            writer.give_up(job, f"{shown(content.path)} cannot be copied ({reason}); give it another name or look at the disk")


class _Writer:
    """Writes files and keeps count of what the class takes."""

    def __init__(self, folder: Path, owners: Mapping[str, Job]):
        self._folder = folder
        self._owners = owners
        self._class_bytes = 0

    def write(self, job: Job, content: Content) -> None:
        """Write one file of a student; raises IntakeError as soon as a limit is passed, and OSError."""
        target = self._folder / job.name / job.files[content.path]
        target.parent.mkdir(parents=True, exist_ok=True)
        with self._source(content) as stream, target.open("wb") as out:
            while piece := stream.read(PIECE_BYTES):
                job.written_bytes += len(piece)
                self._class_bytes += len(piece)
                self._hold(job)
                out.write(piece)

    def _source(self, content: Content) -> AbstractContextManager[Readable]:
        if not content.same_as:
            return content.open()
        other = self._owners.get(content.same_as)
        if other is None or other.problem:
            raise IntakeError(
                f"{shown(content.path)} shares its content with {shown(content.same_as)}, which was not unpacked; "
                f"pack the class again without hard links"
            )
        return (self._folder / other.name / other.files[content.same_as]).open("rb")

    def _hold(self, job: Job) -> None:
        advice = "leave out data and checkpoints and hand it in again"
        if job.written_bytes > MAX_TOTAL_BYTES:
            raise IntakeError(
                f"the files of {shown(job.origin)} are larger than the limit of {MAX_TOTAL_BYTES / 1e6:.0f} MB; {advice}"
            )
        packed = job.packed_bytes
        if packed is not None and job.written_bytes > max(FREE_BYTES, MAX_RATIO * packed):
            raise IntakeError(
                f"{shown(job.origin)} has {packed:,} bytes and unpacks to more than {job.written_bytes:,} "
                f"({MAX_RATIO} times as many are allowed); {advice}"
            )
        if self._class_bytes > MAX_CLASS_BYTES:
            raise IntakeError(
                f"the class unpacks to more than the limit of {MAX_CLASS_BYTES / 1e9:.0f} GB at {shown(job.origin)}; "
                f"give the class in several parts"
            )

    def give_up(self, job: Job, problem: str) -> None:
        """Remove what was written for a student and note why; it does not count any more."""
        job.problem = problem
        self._class_bytes -= job.written_bytes
        shutil.rmtree(self._folder / job.name, ignore_errors=True)
