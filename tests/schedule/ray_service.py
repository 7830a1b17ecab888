"""A service without torch for the tests of workers: its forks say where they ran, or end as the request wants."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import GraderError
from grader.schedule.forking import Fork, Forks

LONG_S = 600.0


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One request: add these numbers up, after a while, and write down that it was begun."""

    numbers: tuple[int, ...] = ()
    wait_s: float = 0.0
    begun: Path | None = None  # a line is added to this file
    end: str = ""  # how to end instead of answering


@dataclass(frozen=True, kw_only=True)
class Summed:
    """One answer; answers to the same request are equal wherever they were made."""

    total: int
    node: str = field(compare=False)
    ray_process: int = field(compare=False)
    warm: int = field(compare=False)
    fork: int = field(compare=False)
    devices: str | None = field(compare=False)
    folder: str = field(compare=False)
    knows_ray: bool = field(compare=False)


class Sums:
    """Answers each request in a fork."""

    def __init__(self) -> None:
        self._forks = Forks()

    @property
    def description(self) -> str:
        """How requests are kept apart."""
        return "a fork for each sum"

    def start(self, request: object) -> Fork:
        """Let a fork answer this request."""
        assert isinstance(request, Sum)
        if request.end == "refused":
            raise GraderError("nobody adds this up")
        return self._forks.start(lambda: _summed(request), wall_s=LONG_S)

    def take(self, fork: Fork) -> bytes:
        """Return the pickled answer of a fork."""
        return self._forks.take(fork)

    def close(self) -> None:
        """Nothing is open."""


def unable_to_start() -> Sums:
    """Stand for a machine on which the service cannot start."""
    raise GraderError("there are no walls here")


def dying() -> Sums:
    """Stand for a machine on which the warm process does not survive its start."""
    os._exit(9)


def _summed(request: Sum) -> Summed:
    warm = os.getppid()
    ray_process = int(Path(f"/proc/{warm}/stat").read_text().rpartition(")")[2].split()[1])
    if request.begun:
        with request.begun.open("a") as file:
            file.write(f"{os.getpid()}\n")
    if request.end == "exit":
        os._exit(7)
    if request.end == "kill":
        os.kill(ray_process, signal.SIGKILL)
        time.sleep(LONG_S)
    time.sleep(request.wait_s)
    return Summed(
        total=sum(request.numbers),
        node=os.environ.get("GRADER_TEST_NODE", ""),
        ray_process=ray_process,
        warm=warm,
        fork=os.getpid(),
        devices=os.environ.get("CUDA_VISIBLE_DEVICES"),
        folder=os.getcwd(),
        knows_ray="ray" in sys.modules,
    )
