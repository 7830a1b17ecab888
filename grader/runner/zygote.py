"""Imports the heavy libraries once, then forks one child for each submission. Runs no student code itself.

It must import and do nothing else: one parallel operation here would hang every child, one backward pass would start CUDA.
Started as `python -m grader.runner.zygote DESCRIPTOR`. The control socket carries one message a packet, as JSON. First comes
`{"separation": {...}, "modules": [...]}`, answered by `{"ready": true}` or `{"refused": why}`; then any number of
`{"limits": {...}}`, each with three descriptors: the child's end of the wire, its output, and our end of its life. On
that one we say `{"limit": name, "used": amount}` before we kill a child for it, and `{"code": exit code, "cpu_s": ...}` at
its end; when the judge hangs up there, we kill the child.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass
from typing import Any, NoReturn

from grader.runner.home import Home
from grader.runner.separating import Separation, fork_apart, separate
from grader.runner.watching import Watch, resident_bytes_here

MAX_MESSAGE_BYTES = 1 << 17
WATCH_S = 0.05
_COUNT_FILES_EVERY = 10  # looks at the memory


@dataclass(slots=True, kw_only=True)
class _Child:
    pid: int
    life: socket.socket
    home: Home
    limits: dict[str, int]
    watch: Watch
    is_wanted: bool = True  # the judge has not hung up
    looks: int = 0


def main(arguments: list[str]) -> NoReturn:
    """Import, say ready, and start children until the control socket closes."""
    control = socket.socket(fileno=int(arguments[0]))
    os.set_inheritable(control.fileno(), False)
    setup = json.loads(control.recv(MAX_MESSAGE_BYTES))
    separation = Separation.from_json(setup["separation"])
    own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY) if separation.namespaces else -1
    forks = _Forks(control, separation, own_pids)
    refusal = forks.rehearse(setup["limits"])
    if refusal:
        _say(control, {"refused": refusal})
        os._exit(1)
    for name in ("grader.runner.serving", *setup["modules"]):
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    _say(control, {"ready": True})
    forks.run()


class _Forks:
    def __init__(self, control: socket.socket, separation: Separation, own_pids: int) -> None:
        self._control = control
        self._separation = separation
        self._own_pids = own_pids
        self._wake_read, wake_write = os.pipe()
        os.set_blocking(wake_write, False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        self._children: dict[int, _Child] = {}
        self._inherited_bytes = 0
        self._started = 0

    def rehearse(self, limits: dict[str, int]) -> str:
        """Let one child separate itself and end; return why it could not, or nothing."""
        read_end, write_end = os.pipe()
        home = self._separation.home(0)
        pid = fork_apart(self._separation, self._own_pids)
        if pid == 0:
            try:
                separate(self._separation, home, limits)
            except OSError as error:
                os.write(write_end, str(error).encode())
            finally:
                os._exit(0)
        os.close(write_end)
        with open(read_end, "rb") as file:
            refusal = file.read().decode()
        _, status = os.waitpid(pid, 0)
        home.remove()
        return refusal or (f"the rehearsal ended with exit code {os.waitstatus_to_exitcode(status)}" if status else "")

    def run(self) -> NoReturn:
        self._inherited_bytes = resident_bytes_here()
        next_look = 0.0
        while True:
            wait_s = max(0.0, next_look - time.monotonic()) if self._children else None
            lives = {child.life.fileno(): child for child in self._children.values() if child.is_wanted}
            control = self._control.fileno()
            readable, _, _ = select.select([control, self._wake_read, *lives], [], [], wait_s)
            for descriptor in set(readable) & set(lives):
                self._hang_up(lives[descriptor])
            if self._wake_read in readable:
                os.read(self._wake_read, 4096)
                self._reap()
            if control in readable:
                self._start_next()
            if self._children and time.monotonic() >= next_look:
                self._look()
                next_look = time.monotonic() + WATCH_S

    def _start_next(self) -> None:
        data, descriptors, _, _ = socket.recv_fds(self._control, MAX_MESSAGE_BYTES, 3)
        if not data:
            self._end()
        request = json.loads(data)
        wire, output, life_number = descriptors
        life = socket.socket(fileno=life_number)
        self._started += 1
        home = self._separation.home(self._started)
        try:
            pid = fork_apart(self._separation, self._own_pids)
        except OSError as error:
            os.write(output, f"no process could be started: {error}".encode())
            home.remove()
            pid = -1
        if pid == 0:
            try:
                self._become_runner(request["limits"], wire, output, home)
            except BaseException:  # noqa: BLE001  # whatever a submission did to our own code: it must not reach the loop of the parent
                traceback.print_exc()
            finally:
                os._exit(1)
        os.close(wire)
        os.close(output)
        if pid > 0:
            watch = Watch(pid, inherited_bytes=self._inherited_bytes)
            self._children[pid] = _Child(pid=pid, life=life, home=home, limits=request["limits"], watch=watch)
        else:
            life.close()

    def _become_runner(self, limits: dict[str, int], wire: int, output: int, home: Home) -> None:
        from grader.runner.serving import serve_submission  # imported long before, but after the rehearsal

        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((null, 0), (output, 1), (output, 2)):
            os.dup2(source, target)
        os.closerange(3, wire)
        os.closerange(wire + 1, os.sysconf("SC_OPEN_MAX"))
        faulthandler.enable(2)
        try:
            separate(self._separation, home, limits)
        except OSError as error:  # the judge sees that we never answered, and this as the reason
            os.write(2, f"the walls could not be put up: {error}\n".encode())
            return
        serve_submission(socket.socket(fileno=wire), home.path, processes=self._separation.processes)
        os._exit(0)

    def _reap(self) -> None:
        while self._children:
            pid, status, usage = os.wait4(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self._children.pop(pid, None)
            if child is not None:
                child.home.remove()  # before we say so: the next submission may need the room
                _say(child.life, {"code": os.waitstatus_to_exitcode(status), "cpu_s": usage.ru_utime + usage.ru_stime})
                child.life.close()

    def _hang_up(self, child: _Child) -> None:
        """End a runner, and listen no more to what the judge may want of it."""
        child.is_wanted = False
        _kill(child.pid)

    def _look(self) -> None:
        for child in self._children.values():
            passed = _passed_limit(child) if child.is_wanted else None
            if passed is not None:
                _say(child.life, {"limit": passed[0], "used": passed[1]})
                self._hang_up(child)

    def _end(self) -> NoReturn:
        for pid, child in self._children.items():
            _kill(pid)
            os.waitpid(pid, 0)
            child.home.remove()
        os._exit(0)


def _passed_limit(child: _Child) -> tuple[str, int] | None:
    """Return the limit that a child is above, and how much it uses."""
    child.looks += 1
    limits = child.limits
    held = child.watch.held_bytes(above=limits["memory_bytes"])
    if held > limits["memory_bytes"]:
        return "memory_bytes", held
    return child.home.passed_limit(child.pid, limits) if child.looks % _COUNT_FILES_EVERY == 0 else None


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):  # it has just ended by itself
        os.kill(pid, signal.SIGKILL)


def _say(sock: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):  # the judge has hung up, and does not want to know
        sock.send(json.dumps(message).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
