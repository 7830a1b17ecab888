"""The process that Ray knows as the driver: it moves requests, as bytes, to the nodes and answers, as bytes, back.

It unpickles neither. What it says goes over the pipe; what Ray prints goes nowhere.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grader
from grader.errors import GraderError
from grader.schedule.ray_node import installed
from grader.schedule.workers import Ended, ScheduleError

_LOOK_S = 2.0  # between two looks at which nodes there are
_PATIENCE_S = 60.0  # without any node
_QUIET = {
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",  # or, under `uv run`, Ray would send the current folder to every node
    "RAY_LOG_TO_DRIVER": "0",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which cluster, and what its nodes are for."""

    address: str
    prepare: bytes  # pickled
    gpus: float
    tries: int


def drive(pipe: Connection, plan: Plan) -> None:
    """Have the requests that come through a pipe answered on the cluster until its other end closes.

    Says first how many slots there are, or the GraderError for which the cluster cannot be used.
    """
    _be_quiet()
    try:
        ray = _connected(plan.address)
        cluster = _Cluster(ray, pipe, plan)
    except GraderError as error:
        pipe.send(error)
        return
    asyncio.run(cluster.serve())
    ray.shutdown()


def _be_quiet() -> None:
    if hasattr(os, "setsid"):
        os.setsid()  # an interrupt at the terminal is for the dispatcher alone, which then closes the pipe
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.environ.update(_QUIET)
    # Every worker of Ray imports from the folder in which its driver stands: not from one with hand-ins.
    os.chdir(Path(grader.__file__).resolve().parent.parent)


def _connected(address: str) -> Any:
    import ray

    try:
        ray.init(
            address=address, namespace="grader", log_to_driver=False, configure_logging=False, logging_level=logging.CRITICAL
        )
    except (OSError, RuntimeError, ValueError, ImportError, ray.exceptions.RayError) as error:
        raise ScheduleError(f"the cluster at {address} cannot be used: {error}") from None
    return ray


class _Cluster:
    """One connection: it starts a task for each request, and starts it again when its node or its process is lost."""

    def __init__(self, ray: Any, pipe: Connection, plan: Plan) -> None:
        self._ray = ray
        self._pipe = pipe
        self._plan = plan
        self._slots = self._count_slots()
        if not self._slots:
            raise ScheduleError(self._nobody())
        self._prepare = ray.put(plan.prepare)
        self._installed = installed()
        # max_calls: after a task with a GPU Ray would end the process, and the warm one with it.
        self._task = ray.remote(num_cpus=1, num_gpus=plan.gpus, max_retries=0, max_calls=0)(_first_on_a_node())

    async def serve(self) -> None:
        """Answer until the pipe's other end closes."""
        self._pipe.send(self._slots)
        requests: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        threading.Thread(target=_read, args=(self._pipe, requests, asyncio.get_running_loop()), daemon=True).start()
        async with asyncio.TaskGroup() as group:
            tasks = {group.create_task(self._look())}
            while (message := await requests.get()) is not None:
                task = group.create_task(self._answer(*message))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            for task in tasks:
                task.cancel()

    async def _answer(self, number: int, request: bytes) -> None:
        try:
            self._pipe.send(await self._ended(number, request))
        except GraderError as error:
            self._pipe.send(error)

    async def _ended(self, number: int, request: bytes) -> Ended:
        errors = self._ray.exceptions
        why = ""
        for attempt in range(1, self._plan.tries + 1):
            try:
                refusal, descriptions, answer, lost = await self._task.remote(self._installed, [self._prepare], request)
            except errors.RayTaskError as error:
                raise ScheduleError(f"a node ({error.ip}) cannot answer requests: {error.cause!r}") from None
            except errors.RayError as error:  # the node or the process is gone
                why = str(error).strip().split("\n")[0]
                await asyncio.sleep(attempt)  # what killed it may take its time: a full memory, a node not yet known to be gone
                continue
            if refusal:
                raise ScheduleError(refusal)
            self._pipe.send(frozenset(descriptions))
            return Ended(number=number, answer=answer, lost=lost)
        return Ended(number=number, answer=None, lost=f"the cluster lost it {self._plan.tries} times; the last time: {why}")

    async def _look(self) -> None:
        seen = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_S)
            slots = await asyncio.to_thread(self._count_slots)
            if slots != self._slots:
                self._slots = slots
                self._pipe.send(slots)
            if slots:
                seen = time.monotonic()
            elif time.monotonic() - seen > _PATIENCE_S:
                self._pipe.send(ScheduleError(self._nobody()))
                return

    def _count_slots(self) -> int:
        """Return how many requests the nodes that are alive can answer at once."""
        nodes = [node["Resources"] for node in self._ray.nodes() if node["Alive"]]
        gpus = self._plan.gpus
        return sum(int(min(node.get("CPU", 0), node.get("GPU", 0) / gpus if gpus else float("inf"))) for node in nodes)

    def _nobody(self) -> str:
        need = f"a processor and {self._plan.gpus:g} of a GPU" if self._plan.gpus else "a processor"
        return (
            f"the cluster at {self._plan.address} has no node with {need}; "
            f"add one: `ray start --address=HOST:PORT`, and look with `ray status`"
        )


def _read(pipe: Connection, requests: asyncio.Queue[tuple[int, bytes] | None], loop: asyncio.AbstractEventLoop) -> None:
    try:
        while True:
            loop.call_soon_threadsafe(requests.put_nowait, pipe.recv())
    except (EOFError, ConnectionResetError):
        loop.call_soon_threadsafe(requests.put_nowait, None)


def _first_on_a_node() -> Callable[..., tuple[str, tuple[str, ...], bytes | None, str]]:
    """Return what a node runs for each request.

    It is a local function since Ray sends those by value: it runs also where the grader is another one, or none.
    """

    def first(expected: dict[str, str], prepare: list[Any], request: bytes) -> tuple[str, tuple[str, ...], bytes | None, str]:
        import ray

        util: Any = ray.util
        node, wanted = f"node {util.get_node_ip_address()}", f"grader {expected['grader']}"
        try:
            import grader
        except ImportError as error:
            return f"{node} has no grader ({error}); install {wanted} there, as it is here", (), None, ""
        if grader.__version__ != expected["grader"]:
            return f"{node} has grader {grader.__version__}, and here is {wanted}; install the same there", (), None, ""
        from grader.schedule.ray_node import answer

        return answer(node, expected, prepare, request)

    return first
