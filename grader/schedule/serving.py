"""A warm process that answers requests in forks, some at a time, and says each end once. It runs no code of a submission."""

from __future__ import annotations

import contextlib
import os
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection, wait

from grader.errors import GraderError
from grader.schedule.forking import Fork
from grader.schedule.workers import Ended, Service

_LONGEST_WAIT_S = 60.0


def serve_and_leave(pipe: Connection, prepare: Callable[[], Service]) -> None:
    """Serve, and end this process at once: an interpreter that holds torch takes a second to take itself apart."""
    code = 1
    try:
        serve(pipe, prepare)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def serve(pipe: Connection, prepare: Callable[[], Service]) -> None:
    """Answer the requests that come through a pipe until its other end closes.

    Says first what the service describes itself as, or the GraderError for which it could not start.
    """
    if hasattr(os, "setsid"):
        os.setsid()  # an interrupt at the terminal is for the dispatcher alone, which then closes the pipe
    try:
        service = prepare()
    except GraderError as error:
        pipe.send(error)
        return
    running: dict[int, Fork] = {}
    try:
        with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):  # the dispatcher is gone
            pipe.send(service.description)
            while True:
                _turn(pipe, service, running)
    finally:
        for fork in running.values():
            fork.end()
        service.close()


def _turn(pipe: Connection, service: Service, running: dict[int, Fork]) -> None:
    ready = wait([pipe, *(fork.pipe for fork in running.values())], _wait_s(running))
    ended = [number for number, fork in running.items() if fork.pipe in ready or fork.deadline <= time.monotonic()]
    for number in ended:
        fork = running.pop(number)
        try:
            pipe.send(Ended(number=number, answer=service.take(fork)))
        except GraderError as error:
            pipe.send(Ended(number=number, answer=None, lost=str(error)))
    if pipe in ready:
        number, request = pipe.recv()  # from the process that started this one
        try:
            running[number] = service.start(request)
        except GraderError as error:
            pipe.send(Ended(number=number, answer=None, lost=str(error)))


def _wait_s(running: dict[int, Fork]) -> float:
    soonest = min((fork.deadline for fork in running.values()), default=float("inf"))
    return min(_LONGEST_WAIT_S, max(0.0, soonest - time.monotonic()))
