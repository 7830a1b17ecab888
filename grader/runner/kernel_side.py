"""What runs inside a real Jupyter kernel: before its first cell what shell.py does too, and as its last the judge's calls."""

from __future__ import annotations

import socket
import sys
from importlib import import_module
from typing import Any

from grader.runner.adapting import adapt
from grader.runner.commands import Commands
from grader.runner.describing import Origin
from grader.runner.loading import Loaded
from grader.runner.noting import Notes
from grader.runner.providing import place_provided
from grader.runner.retrying import Trail
from grader.runner.serving import Server, load_reply


def prepare_here(shell: Any, folder: str, provided: Any, numbers: list[int]) -> None:
    """Adapt this kernel for a submission, before those of its cells run that have these numbers."""
    if provided:
        place_provided(provided)
    import_module("matplotlib.pyplot")  # a kernel is not warm with it, and what has not been imported is not adapted
    adapted = adapt(folder)
    shell.kernel.raw_input = shell.kernel.getpass = adapted.answer  # the kernel puts them in Python's place for each cell
    adapted.own.namespace = shell.user_ns
    Commands(shell, adapted.places, adapted.notes).take_over()
    shell.grader_watch = _Watch(Trail(shell.user_ns), adapted.notes, numbers)
    shell.events.register("pre_run_cell", shell.grader_watch.begin)
    shell.events.register("post_run_cell", shell.grader_watch.end)


class _Watch:
    """Notes how each cell ends; a magic that runs a cell inside a cell is a part of that."""

    def __init__(self, trail: Trail, notes: Notes, numbers: list[int]) -> None:
        self.trail = trail
        self.notes = notes
        self._numbers = iter(numbers)
        self._running: Any = None

    def begin(self, info: Any) -> None:
        if self._running is None:
            self._running = info
            self.trail.begin()

    def end(self, result: Any) -> None:
        number = next(self._numbers, None) if result.info is self._running else None
        if number is not None:
            self._running = None
            self.trail.end(number, result.info.raw_cell, result.error_before_exec or result.error_in_exec)


def serve_here(
    shell: Any, namespace: dict[str, Any], descriptor: int, folder: str, request_id: int, incidents: list[dict[str, object]]
) -> None:
    """Answer the judge's `load` and then its calls, over the connection that the kernel has inherited."""
    loaded = Loaded(origin=Origin(folder, namespace), namespace=namespace)
    watch: _Watch = shell.grader_watch
    mended = _run_again(shell, watch.trail, watch.notes)
    loaded.incidents += [incident for incident in incidents if incident["where"] not in mended]
    loaded.notes += watch.notes.sentences
    server = Server(socket.socket(fileno=descriptor), folder)
    server.resume(loaded, request_id, load_reply(loaded), sys.modules.get("provided"))


def _run_again(shell: Any, trail: Trail, notes: Notes) -> set[str]:
    def run(number: int, source: str) -> BaseException | None:
        result = shell.run_cell(source)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error

    return {f"cell {number}" for number in trail.run_again(run, notes)}
