"""Finds the strongest walls that really hold on this machine, keeps a warm process behind them, and starts runners from it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox.asking import GoneError, Runner
from grader.sandbox.forking import Zygote
from grader.sandbox.probing import probe
from grader.sandbox.spawning import spawn
from grader.sandbox.users import Users
from grader.sandbox.walls import LEVELS, Walls, walls_of


class Sandbox:
    """Walls, and a warm process behind them; `with` closes it and everything that still runs inside."""

    def __init__(
        self,
        *,
        isolation: str = "auto",
        at_least: str = "none",
        preload: Sequence[str] = ("torch", "numpy"),
        fork: bool = True,
        data: Path | None = None,
    ) -> None:
        """Start it at one level, or at the strongest ("auto") that a probe finds to hold and that is `at_least` so strong.

        Submissions can read the data sets in the folder `data`, where there is one, as it is now.
        Without `fork`, and on systems that have none, a runner without walls is a process that imports everything itself.
        Raises SandboxError.
        """
        self._preload = tuple(preload)
        self._data = data
        self._forks = fork and sys.platform == "linux"
        self._owner = os.getpid()
        self._scratch = tempfile.mkdtemp(prefix="grader-")
        os.chmod(self._scratch, 0o711)  # runners may run as other users, each in a folder of its own
        self._users = Users()
        self._zygote: Zygote | None = None
        try:
            self.walls, self.remarks = self._start_strongest(isolation, at_least)
        except SandboxError:
            self.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Kill everything inside and remove what it wrote."""
        if self._zygote is not None:
            self._zygote.close()
        self._users.release()
        with contextlib.suppress(RecursionError):  # folders in folders that the zygote could not remove any more
            shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def description(self) -> str:
        """How submissions are kept apart, in words, and why not better."""
        return self.walls.description + "".join(f" ({remark})" for remark in self.remarks)

    def revive(self) -> None:
        """Start the warm process again if something has ended it; raises SandboxError."""
        if self._zygote is not None and not self._zygote.is_alive():
            self._start_again(self._zygote)

    def start_runner(self, limits: Limits) -> Runner:
        """Return a fresh runner for one submission; raises SandboxError."""
        if self._zygote is None:
            return spawn(self.walls, limits, self._preload)
        try:
            return self._zygote.start(limits)
        except GoneError:
            if os.getpid() != self._owner:  # a fork of the judge cannot mend what others use too
                raise
            return self._start_again(self._zygote).start(limits)

    def _start_again(self, zygote: Zygote) -> Zygote:
        zygote.close()
        self._zygote = Zygote(self.walls, self._preload, self._scratch)
        return self._zygote

    def _start_strongest(self, isolation: str, at_least: str) -> tuple[Walls, tuple[str, ...]]:
        wanted = LEVELS[: LEVELS.index(at_least) + 1] if isolation == "auto" else (isolation,)
        remarks: list[str] = []
        for level in wanted:
            try:
                walls = walls_of(level, scratch=self._scratch, first_user=self._users.first, data=self._data)
                self._start(walls)
            except SandboxError as error:
                remarks.append(f"not {level}: {error}")
            else:
                return walls, tuple(remarks)
        asked = f"level {isolation}" if isolation != "auto" else f"level {at_least} or stronger"
        raise SandboxError(
            f"the sandbox cannot reach {asked} here ({'; '.join(remarks)}); `python grade.py doctor` says what to do"
        )

    def _start(self, walls: Walls) -> None:
        if walls.level == "none" and not self._forks:
            return
        self._zygote = Zygote(walls, self._preload, self._scratch)
        if walls.level == "none":
            return
        try:
            probe(self._zygote.start)
        except SandboxError:
            self._zygote.close()
            self._zygote = None
            raise
