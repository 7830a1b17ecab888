"""Imports the heavy libraries once, then forks one child for each submission. Runs no student code itself.

It must import and do nothing else: one parallel operation here would hang every child, one backward pass would start CUDA.
Started as `python -m grader.runner.zygote DESCRIPTOR MODULE...`. The control socket carries lines of JSON: `{"start": n,
"limits": {...}}` with two descriptors (the child's end of the wire, its output), and `{"kill": n}`; it answers
`{"ready": ...}`, `{"started": n}` and `{"ended": n, "status": wait status}`.
"""

from __future__ import annotations

import faulthandler
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import tempfile
from typing import Any

from grader.runner.limiting import apply_limits
from grader.runner.serving import Server
from grader.wire.values import WireClosed

MAX_LINE_BYTES = 65536


def main(arguments: list[str]) -> None:
    """Import, say ready, and start children until the control socket closes."""
    control = socket.socket(fileno=int(arguments[0]))
    os.set_inheritable(control.fileno(), False)
    for name in arguments[1:]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    _say(control, {"ready": os.getpid()})
    _Forks(control, (wake_read, wake_write)).run()


class _Forks:
    def __init__(self, control: socket.socket, wake: tuple[int, int]) -> None:
        self._control = control
        self._wake = wake
        self._numbers: dict[int, int] = {}  # process id -> the judge's number

    def run(self) -> None:
        pending = b""
        while True:
            control = self._control.fileno()
            readable, _, _ = select.select([control, self._wake[0]], [], [])
            if self._wake[0] in readable:
                os.read(self._wake[0], 4096)
                self._reap()
            if control in readable:
                data, descriptors, _, _ = socket.recv_fds(self._control, MAX_LINE_BYTES, 4)
                if not data:
                    os._exit(0)
                # The judge waits for each answer, so descriptors always belong to the one line that came with them.
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    self._handle(json.loads(line), descriptors)

    def _handle(self, request: dict[str, Any], descriptors: list[int]) -> None:
        if "kill" in request:
            for pid, number in self._numbers.items():
                if number == request["kill"]:
                    os.kill(pid, signal.SIGKILL)
            return
        pid = os.fork()
        if pid == 0:
            try:
                self._become_runner(request, *descriptors)
            finally:
                os._exit(0)  # never unwind into the loop of the parent
        for descriptor in descriptors:
            os.close(descriptor)
        self._numbers[pid] = request["start"]
        _say(self._control, {"started": request["start"]})

    def _reap(self) -> None:
        while self._numbers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            number = self._numbers.pop(pid, None)
            if number is not None:
                _say(self._control, {"ended": number, "status": status})

    def _become_runner(self, request: dict[str, Any], wire: int, output: int) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (self._control.fileno(), *self._wake):
            os.close(descriptor)
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        os.close(null)
        os.close(output)
        faulthandler.enable(2)
        apply_limits(request["limits"])
        folder = os.path.realpath(tempfile.mkdtemp(prefix="submission-"))
        try:
            Server(socket.socket(fileno=wire), folder).serve()
        except WireClosed:
            return


def _say(control: socket.socket, message: dict[str, object]) -> None:
    control.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    main(sys.argv[1:])
