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


def warm(*, isolation: str, at_least: str) -> Service:
    """Return a warm sandbox and judge of this process; raises SandboxError."""
    from grader.pipeline import Warm  # here: it imports torch, and whoever names this function need not

    return Warm(isolation=isolation, at_least=at_least)


def warm_elsewhere(*, isolation: str, at_least: str, slug: str, files: dict[str, bytes]) -> Service:
    """Return the same for a machine to which the assignment travels as data; raises SandboxError."""
    from grader.pipeline import Warm

    return _Elsewhere(Warm(isolation=isolation, at_least=at_least), slug, files)


def files_of(assignment: Assignment) -> dict[str, bytes]:
    """Return the files of an assignment's folder by their relative paths, to be sent to other machines."""
    folder = assignment.folder
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


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
        self._folder = self._root / "assignments" / slug
        for name, content in files.items():
            path = self._folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    @property
    def description(self) -> str:
        """How submissions are kept apart, in words."""
        return self._warm.description

    def start(self, job: Job) -> Fork:
        """Let a fork grade one submission; raises GraderError."""
        return self._warm.start(replace(job, assignment=replace(job.assignment, folder=self._folder)))

    def take(self, fork: Fork) -> bytes:
        """Return the pickled report of a fork that has ended; raises GraderError."""
        return self._warm.take(fork)

    def close(self) -> None:
        """End everything."""
        self._warm.close()
        shutil.rmtree(self._root, ignore_errors=True)
