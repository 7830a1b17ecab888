"""What a worker is made of: a warm sandbox and judge, here or on a machine that has none of this one's files."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.errors import IntakeError
from grader.intake.opening import open_submission
from grader.model import Assignment, Job
from grader.schedule.forking import Fork
from grader.schedule.workers import Service

if TYPE_CHECKING:
    from grader.pipeline import Warm


def warm(*, isolation: str, at_least: str, data: Path | None = None) -> Service:
    """Return a warm sandbox and judge of this process; raises SandboxError."""
    from grader.pipeline import Warm  # here: it imports torch, and whoever names this function need not

    return Warm(isolation=isolation, at_least=at_least, data=data)


def warm_elsewhere(*, isolation: str, at_least: str, slug: str, files: dict[str, bytes], data: Path | None = None) -> Service:
    """Return the same for a machine to which the assignment travels as data; raises SandboxError.

    Data sets do not travel: they are read where the machine has them at the same place.
    """
    from grader.pipeline import Warm

    here = data if data is not None and data.is_dir() else None
    return _Elsewhere(Warm(isolation=isolation, at_least=at_least, data=here), slug, files)


def files_of(assignment: Assignment) -> dict[str, bytes]:
    """Return the files of an assignment by their paths below the folder of all assignments, to be sent to other machines."""
    top = assignment.folder.parent
    own = [path for path in sorted(assignment.folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(top).as_posix(): path.read_bytes() for path in (*own, *assignment.provided)}


def packed(job: Job) -> Job:
    """Return a job that needs no file of this machine: its submission is opened here."""
    if job.problem:
        return job
    try:
        return replace(job, submission=open_submission(job.path, slug=job.assignment.slug, names=job.assignment.names))
    except IntakeError as error:
        return replace(job, problem=str(error))


class _Elsewhere:
    """A warm judge that has the assignment's files in a folder of its own."""

    def __init__(self, warm: Warm, slug: str, files: dict[str, bytes]) -> None:
        self._warm = warm
        self._root = Path(tempfile.mkdtemp(prefix="grader-assignment-"))
        self._top = self._root / "assignments"
        self._folder = self._top / slug
        for name, content in files.items():
            path = self._top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    @property
    def description(self) -> str:
        """How submissions are kept apart, in words."""
        return self._warm.description

    def start(self, job: Job) -> Fork:
        """Let a fork grade one submission; raises GraderError."""
        set_there = job.assignment
        provided = tuple(self._top / path.relative_to(set_there.folder.parent) for path in set_there.provided)
        return self._warm.start(replace(job, assignment=replace(set_there, folder=self._folder, provided=provided)))

    def take(self, fork: Fork) -> bytes:
        """Return the pickled report of a fork that has ended; raises GraderError."""
        return self._warm.take(fork)

    def close(self) -> None:
        """End everything."""
        self._warm.close()
        shutil.rmtree(self._root, ignore_errors=True)
