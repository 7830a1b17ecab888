"""Runs a function in a fresh fork of this process, which stays warm: it has imported what the forks before needed.

This process only imports. It must compute nothing with torch: threads and CUDA do not survive a fork.
"""

from __future__ import annotations

import importlib
import multiprocessing
import os
import platform
import sys
import threading
from collections.abc import Callable, Collection
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import TypeVar

from grader.errors import GraderError

Result = TypeVar("Result")
_END_S = 5.0  # for a fork that has said its result to end by itself


class ForkError(GraderError):
    """A fork ended without a result, or took too long."""


class Forks:
    """Gives each call a process of its own, and learns from each what the next will import."""

    def __init__(self, *, leave_out: Collection[str] = ()) -> None:
        """`leave_out`: packages that this process must not import although forks do."""
        self._leave_out = frozenset(leave_out)
        # On macOS a process that has loaded the system's libraries does not survive a fork.
        self._can_fork = hasattr(os, "fork") and platform.system() != "Darwin"

    def run(self, work: Callable[[], Result], *, wall_s: float) -> Result:
        """Return what `work` returns in a fork, or in this process where there are none.

        Raises ForkError, and any GraderError that `work` raises.
        """
        if not self._can_fork:
            return work()
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_answer, args=(work, theirs))
        process.start()
        theirs.close()
        try:
            answer: tuple[Result | GraderError, list[str]] = _receive(ours, process, wall_s)
        finally:
            ours.close()
            process.join(_END_S)
            if process.is_alive():
                process.kill()
                process.join()
        result, imported = answer
        self._import(imported)
        if isinstance(result, GraderError):
            raise result
        return result

    def _import(self, names: Collection[str]) -> None:
        for name in names:
            if name.split(".")[0] not in self._leave_out and name not in sys.modules:
                try:
                    importlib.import_module(name)
                except ImportError:  # made by other means than an import, or found on a path that is gone
                    continue


def _answer(work: Callable[[], Result], pipe: Connection) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    before = set(sys.modules)
    result: Result | GraderError
    try:
        result = work()
    except GraderError as error:
        result = error
    pipe.send((result, sorted(set(sys.modules) - before)))


def _end_with_parent() -> None:
    """Leave nothing that runs on when the process that forked this one is killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _receive(pipe: Connection, process: BaseProcess, wall_s: float) -> tuple[Result | GraderError, list[str]]:
    if not pipe.poll(wall_s):
        process.kill()
        raise ForkError(f"the judge gave no result within {wall_s:g} s")
    try:
        answer: tuple[Result | GraderError, list[str]] = (
            pipe.recv()
        )  # from a fork of ourselves, which runs no code of a submission
    except EOFError:
        process.join(_END_S)
        raise ForkError(f"the judge ended with exit code {process.exitcode} and gave no result") from None
    return answer
