"""Who may use this machine's processors now: many checks side by side, or one that measures time, alone.

Kernel locks on two files, so that it holds between processes that know nothing of each other, and who dies lets go.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grader.errors import GraderError

if sys.platform != "win32":
    import fcntl


class Turns:
    """Turns at one thing that can be shared or held alone: the processors, or a GPU."""

    def __init__(self, name: str) -> None:
        """Take part in the turns at what this name means to every batch of this user on this machine."""
        self._name = name

    @contextlib.contextmanager
    def shared(self) -> Iterator[None]:
        """Hold it together with others; waits for whoever holds it alone or waits for that."""
        with self._lock("gate", alone=False):
            turn = self._take("turn", alone=False)
        try:
            yield
        finally:
            self._release(turn)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold it alone: nobody new comes in, and those who hold it finish first."""
        with self._lock("gate", alone=True), self._lock("turn", alone=True):
            yield

    @contextlib.contextmanager
    def _lock(self, part: str, *, alone: bool) -> Iterator[None]:
        file = self._take(part, alone=alone)
        try:
            yield
        finally:
            self._release(file)

    def _take(self, part: str, *, alone: bool) -> int:
        if sys.platform == "win32":  # there submissions are graded one after the other
            return -1
        file = os.open(_folder() / f"{self._name}.{part}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        return file

    def _release(self, file: int) -> None:
        if file >= 0:
            os.close(file)  # the lock goes with the only descriptor


def _folder() -> Path:
    """Return the folder of the locks, which is this user's own: in a shared temporary folder anybody may have made it."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"grader-turns-{user}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user:
        raise GraderError(f"{folder} belongs to somebody else; remove it, or set TMPDIR to another folder")
    return folder
