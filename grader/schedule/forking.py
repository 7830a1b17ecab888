"""Runs a function in a fresh fork of this process, which stays warm: it has imported what the forks before needed.

This process only imports. It must compute nothing with torch: threads and CUDA do not survive a fork.
"""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
import pickle
import platform
import sys
import threading
import time
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from grader.errors import GraderError

_END_S = 5.0  # for a fork that has closed its end of the pipe to be gone


class ForkError(GraderError):
    """A fork ended without a result, or took too long."""


class Fork:
    """One function at work in a process of its own."""

    def __init__(self, pipe: Connection, process: BaseProcess | None, wall_s: float) -> None:
        self.pipe = pipe  # can be read as soon as the fork has ended, well or badly
        self.deadline = time.monotonic() + wall_s
        self._process = process
        self._wall_s = wall_s

    def take(self) -> tuple[bytes, list[str]]:
        """Wait for the end and return the pickled result and the names of the modules that it took; raises ForkError.

        What the function raised of our own errors is raised here.
        """
        try:
            return self._receive()
        finally:
            self.end()

    def _receive(self) -> tuple[bytes, list[str]]:
        if not self.pipe.poll(max(0.0, self.deadline - time.monotonic())):
            raise ForkError(f"the judge gave no result within {self._wall_s:g} s")
        try:
            answer: bytes | GraderError
            answer, imported = self.pipe.recv()  # from a fork of ourselves, which runs no code of a submission
        except (EOFError, ConnectionResetError):
            code = self._exit_code()
            raise ForkError(f"the judge ended with exit code {code} and gave no result") from None
        if isinstance(answer, GraderError):
            raise answer
        return answer, imported

    def _exit_code(self) -> int | None:
        if self._process is None:
            return None
        self._process.join(_END_S)
        return self._process.exitcode

    def end(self) -> None:
        """Kill it: who has said a result has nothing more to do. It is buried when the next one starts."""
        self.pipe.close()
        if self._process is not None:
            self._process.kill()


class Forks:
    """Gives each call a process of its own, and learns from each what the next will import."""

    def __init__(self, *, leave_out: Collection[str] = ()) -> None:
        """`leave_out`: packages that this process must not import although forks do."""
        self._leave_out = frozenset(leave_out)
        # On macOS a process that has loaded the system's libraries does not survive a fork.
        self._can_fork = hasattr(os, "fork") and platform.system() != "Darwin"

    def start(self, work: Callable[[], object], *, wall_s: float) -> Fork:
        """Let `work` run in a fork; where there are none, run it here before this returns."""
        context = multiprocessing.get_context("fork" if self._can_fork else None)
        ours, theirs = context.Pipe(duplex=False)
        if not self._can_fork:
            threading.Thread(target=_say, args=(theirs, _answer_of(work)), daemon=True).start()
            return Fork(ours, None, wall_s)
        process = context.Process(target=_answer, args=(work, theirs))
        process.start()
        theirs.close()
        return Fork(ours, process, wall_s)

    def take(self, fork: Fork) -> bytes:
        """Return the pickled result of a fork, and import here what it had to import; raises ForkError or what it raised."""
        result, imported = fork.take()
        self.learn(imported)
        return result

    def learn(self, names: Collection[str]) -> None:
        """Import here what forks will need, as far as it can be imported."""
        for name in names:
            if name.split(".")[0] not in self._leave_out and name not in sys.modules:
                try:
                    importlib.import_module(name)
                except ImportError:  # made by other means than an import, or found on a path that is gone
                    continue

    def run(self, work: Callable[[], object], *, wall_s: float) -> Any:
        """Return what `work` returns in a fork; raises ForkError, and any GraderError that `work` raises."""
        return pickle.loads(self.take(self.start(work, wall_s=wall_s)))


def _answer(work: Callable[[], object], pipe: Connection) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    before = set(sys.modules)
    answer = _answer_of(work)
    _say(pipe, answer, sorted(set(sys.modules) - before))


def _answer_of(work: Callable[[], object]) -> bytes | GraderError:
    try:
        return pickle.dumps(work())
    except GraderError as error:
        return error


def _say(pipe: Connection, answer: bytes | GraderError, imported: Collection[str] = ()) -> None:
    with contextlib.closing(pipe):
        pipe.send((answer, list(imported)))


def _end_with_parent() -> None:
    """Leave nothing that runs on when the process that forked this one is killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)
