"""Workers on the nodes of a Ray cluster. Ray is met in a process of its own alone, which may print, hang and crash."""

from __future__ import annotations

import importlib.util
import multiprocessing
import pickle
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType

from grader.errors import GraderError
from grader.schedule.ray_driving import Plan, drive
from grader.schedule.starting import away_from_the_current_folder
from grader.schedule.workers import Ended, ScheduleError, Service

_REACH_S = 3.0  # for the head to take a connection
_CONNECT_S = 30.0  # for Ray to be imported and to join; on its own it would try a wrong address for minutes
_END_S = 1.2  # for Ray to leave; an interrupted batch is over within two seconds
_PATIENCE_S = 60.0  # without any node
_TRIES = 3
_WORDS = 300  # of what Ray said last


class RayWorkers:
    """The processors of a cluster, which answer requests side by side; each request is one task of Ray's."""

    def __init__(self, address: str, prepare: Callable[[], Service], *, gpus: float = 0.0, tries: int = _TRIES) -> None:
        """Connect to the cluster whose head is at `address`: HOST:PORT, "auto" or ray://HOST:PORT. Raises ScheduleError.

        `prepare` is a function that every node can import, or a `partial` of one; it travels once to each node.
        `gpus`: what each request needs of one. `tries`: how often a request is started before it counts as lost.
        """
        if importlib.util.find_spec("ray") is None:
            raise ScheduleError("a cluster needs Ray, which is not installed here; run: pip install 'grader[cluster]'")
        _reach(address)
        self.slots = 0
        self.descriptions: frozenset[str] = frozenset()
        self._address = address
        self._error: GraderError | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="grader-cluster-")
        self._log = Path(self._folder.name, "ray.log")
        task = pickle.dumps(prepare)
        self._process, self._pipe = _start(
            Plan(address=address, prepare=task, gpus=gpus, tries=tries, patience_s=_PATIENCE_S, log=self._log)
        )
        self._connect()

    def __enter__(self) -> RayWorkers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def submit(self, number: int, request: object) -> None:
        """Hand one request in."""
        try:
            self._pipe.send((number, pickle.dumps(request)))
        except (BrokenPipeError, ConnectionResetError):
            return  # `wait` finds out

    def wait(self, timeout_s: float) -> Sequence[Ended]:
        """Return what has ended, after at most this time; raises ScheduleError."""
        deadline = time.monotonic() + timeout_s
        ended: list[Ended] = []
        while self._error is None and self._pipe.poll(0.0 if ended else max(0.0, deadline - time.monotonic())):
            ended += self._hear()
        if self._error is not None and not ended:
            raise self._error
        return ended

    def close(self) -> None:
        """End them at once, and what they still do."""
        self._pipe.close()
        self._process.join(_END_S)
        if self._process.is_alive():  # the cluster hears of its end and stops what it had started
            self._process.kill()
            self._process.join()
        self._folder.cleanup()

    def _connect(self) -> None:
        try:
            if not self._pipe.poll(_CONNECT_S):
                raise ScheduleError(
                    f"the cluster at {self._address} gave no answer within {_CONNECT_S:g} s; is this what `ray start --head` "
                    f"printed, and does this machine belong to the cluster (`ray start --address=HOST:PORT --num-cpus=0`)?"
                )
            self._hear()
            if self._error is not None:
                raise self._error
        finally:
            if not self.slots:
                self.close()

    def _hear(self) -> list[Ended]:
        try:
            message = self._pipe.recv()  # from a process of ours
        except (EOFError, ConnectionResetError):
            self._process.join(_END_S)
            message = ScheduleError(
                f"the connection to the cluster at {self._address} is lost ({self._last_words()}); look whether its head "
                f"runs (`ray status --address={self._address}`), then run the same command again: it goes on where it stopped"
            )
        if isinstance(message, Ended):
            return [message]
        if isinstance(message, GraderError):
            self._error = message
        elif isinstance(message, int):
            self.slots = message
        else:
            self.descriptions |= message
        return []

    def _last_words(self) -> str:
        text = self._log.read_text(encoding="utf-8", errors="replace") if self._log.exists() else ""
        words = [line.strip(" |+-") for line in text.split("\n")]  # also out of the frame of an exception group
        return next((line[:_WORDS] for line in reversed(words) if line), f"exit code {self._process.exitcode}")


def _reach(address: str) -> None:
    """Find out in a moment that nothing listens there: Ray would take minutes."""
    if address == "auto":
        return
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdecimal():
        raise ScheduleError(f'the address of a cluster is HOST:PORT or "auto", not {address!r}')
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_REACH_S).close()
    except (OSError, OverflowError) as error:
        raise ScheduleError(
            f"nothing answers at {address} ({error}); start a cluster with `ray start --head --port={port}` on {host}, "
            f"or look with `ray status` there for the right address"
        ) from None


def _start(plan: Plan) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=drive, args=(theirs, plan), name="cluster")
    with away_from_the_current_folder():
        process.start()
    theirs.close()
    return process, ours
