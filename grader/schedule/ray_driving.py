"""The process that Ray knows as the driver: it moves requests, as bytes, to the nodes and answers, as bytes, back.

It unpickles neither. What it says goes over the pipe; what Ray prints goes into a file.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import grader
from grader.errors import GraderError
from grader.schedule.ray_node import Said, installed
from grader.schedule.workers import Ended, ScheduleError

_LOOK_S = 2.0  # between two looks at which nodes there are
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
    patience_s: float  # without any node
    log: Path  # for what Ray prints


def drive(pipe: Connection, plan: Plan) -> None:
    """Have the requests that come through a pipe answered on the cluster until its other end closes.

    Says first how many slots there are, or the GraderError for which the cluster cannot be used.
    """
    _stand_apart(plan.log)
    try:
        ray = _connected(plan.address)
        cluster = _Cluster(ray, pipe, plan)
    except GraderError as error:
        pipe.send(error)
        return
    asyncio.run(cluster.serve())
    ray.shutdown()


def _stand_apart(log: Path) -> None:
    if hasattr(os, "setsid"):
        os.setsid()  # an interrupt at the terminal is for the dispatcher alone, which then closes the pipe
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.update(_QUIET)
    # Every worker of Ray imports from the folder in which its driver stands: not from one with hand-ins.
    os.chdir(Path(grader.__file__).resolve().parent.parent)


def _connected(address: str) -> Any:
    import ray
    import ray.util.scheduling_strategies

    try:
        ray.init(
            address=address, namespace="grader", log_to_driver=False, configure_logging=False, logging_level=logging.CRITICAL
        )
    except (OSError, RuntimeError, ValueError, ImportError, ray.exceptions.RayError) as error:
        raise ScheduleError(
            f"the cluster at {address} cannot be used: {str(error).rstrip('.')}; look with `ray status` on its head"
        ) from None
    return ray


class Places:
    """How many requests each node can answer at once, and how many it does."""

    def __init__(self) -> None:
        self.slots: dict[str, int] = {}
        self._busy: Counter[str] = Counter()

    def take(self, avoided: Collection[str]) -> str | None:
        """Choose the node with the most room, one that is avoided only where there is no other; None without any."""
        node = max(self.slots, key=lambda node: (node not in avoided, self.slots[node] - self._busy[node]), default=None)
        if node is not None:
            self._busy[node] += 1
        return node

    def give_back(self, node: str) -> None:
        """Make room again for one request."""
        self._busy[node] -= 1


class _Lost(Exception):
    """A request's process or node is gone."""


class _Cluster:
    """One connection: it starts a task for each request, and starts it again elsewhere when its process or node is lost."""

    def __init__(self, ray: Any, pipe: Connection, plan: Plan) -> None:
        self._ray = ray
        self._pipe = pipe
        self._plan = plan
        self._places = Places()
        self._names: dict[str, str] = {}
        self._places.slots = self._look()
        if not self._places.slots:
            raise ScheduleError(self._nobody())
        self._prepare = ray.put(plan.prepare)
        self._installed = installed()
        # max_calls: after a task with a GPU Ray would end the process, and the warm one with it.
        self._task = ray.remote(num_cpus=1, num_gpus=plan.gpus, max_retries=0, max_calls=0)(_first_on_a_node())

    async def serve(self) -> None:
        """Answer until the pipe's other end closes."""
        self._pipe.send(sum(self._places.slots.values()))
        requests: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        threading.Thread(target=_read, args=(self._pipe, requests, asyncio.get_running_loop()), daemon=True).start()
        async with asyncio.TaskGroup() as group:
            tasks = {group.create_task(self._watch())}
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
        lost: list[str] = []  # by which nodes
        why = ""
        while len(lost) < self._plan.tries:
            await asyncio.sleep(len(lost))  # what took the first one may last: a full memory, say
            node = self._places.take(lost)
            if node is None:
                await asyncio.sleep(_LOOK_S)
                continue
            try:
                refusal, descriptions, answer, reason = await self._said(node, request)
            except _Lost as error:
                lost.append(node)
                why = str(error)
                continue
            finally:
                self._places.give_back(node)
            if refusal:
                raise ScheduleError(refusal)
            self._pipe.send(frozenset(descriptions))
            return Ended(number=number, answer=answer, lost=reason)
        return Ended(number=number, answer=None, lost=f"the cluster lost it {len(lost)} times; the last time: {why}")

    async def _said(self, node: str, request: bytes) -> Said:
        """Return what a node says to a request; raises _Lost also where Ray would wait for minutes for a node that is off."""
        strategy = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(node_id=node, soft=False)
        reference = self._task.options(scheduling_strategy=strategy).remote(self._installed, [self._prepare], request)
        waiting = asyncio.ensure_future(_value(reference))
        errors = self._ray.exceptions
        try:
            while not (await asyncio.wait({waiting}, timeout=_LOOK_S))[0]:
                if node not in self._places.slots:
                    raise _Lost(f"{self._names[node]} is gone")
            return waiting.result()
        except errors.RayTaskError as error:
            raise ScheduleError(f"{self._names[node]} cannot answer requests: {error.cause!r}") from None
        except errors.RayError as error:
            raise _Lost(f"{self._names[node]}: {_first_line(error)}") from None
        finally:
            waiting.cancel()

    async def _watch(self) -> None:
        """Keep in mind which nodes there are; they come and go."""
        seen = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_S)
            slots = await asyncio.to_thread(self._look)
            if slots != self._places.slots:
                self._places.slots = slots
                self._pipe.send(sum(slots.values()))
            if slots:
                seen = time.monotonic()
            elif time.monotonic() - seen > self._plan.patience_s:
                self._pipe.send(ScheduleError(self._nobody()))
                return

    def _look(self) -> dict[str, int]:
        """Return how many requests each node that is alive can answer at once."""
        nodes = [node for node in self._ray.nodes() if node["Alive"]]
        self._names |= {node["NodeID"]: f"node {node['NodeManagerAddress']}" for node in nodes}
        slots = {node["NodeID"]: _slots(node["Resources"], self._plan.gpus) for node in nodes}
        return {node: number for node, number in slots.items() if number}

    def _nobody(self) -> str:
        need = f"a processor and {self._plan.gpus:g} of a GPU" if self._plan.gpus else "a processor"
        return (
            f"the cluster at {self._plan.address} has no node with {need}; "
            f"add one: `ray start --address=HOST:PORT`, and look with `ray status`"
        )


def _slots(resources: Mapping[str, float], gpus: float) -> int:
    processors = resources.get("CPU", 0.0)
    return int(min(processors, resources.get("GPU", 0.0) / gpus) if gpus else processors)


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]


async def _value(reference: Awaitable[Said]) -> Said:
    return await reference


def _read(pipe: Connection, requests: asyncio.Queue[tuple[int, bytes] | None], loop: asyncio.AbstractEventLoop) -> None:
    try:
        while True:
            loop.call_soon_threadsafe(requests.put_nowait, pipe.recv())
    except (EOFError, ConnectionResetError):
        loop.call_soon_threadsafe(requests.put_nowait, None)


def _first_on_a_node() -> Callable[..., Said]:
    """Return what a node runs for each request.

    It is a local function since Ray sends those by value: it runs also where the grader is another one, or none.
    """

    def first(expected: dict[str, str], prepare: list[Any], request: bytes) -> Said:
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
