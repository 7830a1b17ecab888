"""Workers of this machine: one warm process, which forks a fresh one for each request."""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from queue import SimpleQueue
from threading import Thread
from types import TracebackType

from grader.errors import GraderError
from grader.schedule.serving import serve_and_leave
from grader.schedule.starting import away_from_the_current_folder
from grader.schedule.workers import Ended, ScheduleError, Service

_END_S = 0.8  # for the warm process to end what runs in it; an interrupted batch is over within two seconds
_DEATHS = 3  # of the warm process in a row, without an answer in between


class LocalWorkers:
    """Some slots of this machine that answer requests side by side."""

    def __init__(self, prepare: Callable[[], Service], *, slots: int) -> None:
        """Start the warm process, which calls `prepare`; it is ready with the first answer, so this does not wait."""
        self.slots = slots
        self.descriptions: frozenset[str] = frozenset()
        self._prepare = prepare
        self._deaths = 0
        self._in_flight: set[int] = set()
        self._start()

    def __enter__(self) -> LocalWorkers:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def submit(self, number: int, request: object) -> None:
        """Hand one request in; does not wait until it is read."""
        self._in_flight.add(number)
        self._requests.put((number, request))

    def wait(self, timeout_s: float) -> Sequence[Ended]:
        """Return what has ended, after at most this time; raises ScheduleError."""
        ended: list[Ended] = []
        try:
            while self._pipe.poll(0.0 if ended else timeout_s):
                message = self._pipe.recv()  # from a process of ours, which runs no code of a submission
                if isinstance(message, GraderError):
                    raise message
                if isinstance(message, str):
                    self.descriptions |= {message}
                else:
                    ended.append(message)
                    self._in_flight.discard(message.number)
                    self._deaths = 0
        except (EOFError, ConnectionResetError):
            ended += self._start_again()
        return ended

    def close(self) -> None:
        """End them at once, and what they still do."""
        self._requests.put(None)
        self._process.join(_END_S)
        if self._process.is_alive():  # what it has started hears of its end from the kernel
            self._process.kill()
            self._process.join()
        self._sending.join()

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=serve_and_leave, args=(theirs, self._prepare), name="warm judge")
        with away_from_the_current_folder():
            process.start()
        theirs.close()
        self._process: BaseProcess = process
        self._pipe: Connection = ours
        self._requests: SimpleQueue[tuple[int, object] | None] = SimpleQueue()
        self._sending = Thread(target=_send_all, args=(ours, self._requests), name="requests", daemon=True)
        self._sending.start()

    def _start_again(self) -> list[Ended]:
        self.close()
        self._deaths += 1
        if self._deaths >= _DEATHS:
            raise ScheduleError(
                f"the warm judge ended {self._deaths} times in a row (the last time with exit code {self._process.exitcode}); "
                f"is there enough memory? `python grade.py doctor` tries the machine"
            )
        why = f"the warm judge ended with exit code {self._process.exitcode}"
        lost = [Ended(number=number, answer=None, lost=why) for number in sorted(self._in_flight)]
        self._in_flight.clear()
        self._start()
        return lost


def _send_all(pipe: Connection, requests: SimpleQueue[tuple[int, object] | None]) -> None:
    """Send what is put into a queue until None comes, and then close the pipe.

    In a thread: requests and answers may both be larger than what the pipe holds, and while the warm process waits until
    its answer is read, it reads no request.
    """
    with pipe:
        while (request := requests.get()) is not None:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # `wait` finds out
                pipe.send(request)
