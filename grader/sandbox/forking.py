"""Runners forked from a process that has imported the libraries: our ends of its sockets."""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from typing import Any

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox.asking import GoneError, Output, Runner
from grader.sandbox.endings import End
from grader.sandbox.walls import Walls

START_S = 180.0  # a cold disk can need minutes to import torch
_MESSAGE_BYTES = 1 << 16


class Zygote:
    """One process behind the outer walls; each runner is a fork of it in walls of its own.

    Forks of the judge may use it side by side: every start is one packet, and all that is said about a runner comes over a
    socket of its own.
    """

    def __init__(self, walls: Walls, modules: Sequence[str], folder: str) -> None:
        """Start it and let it import; raises SandboxError."""
        self._walls = walls
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed below, after the child has written to it
        try:
            self._process = subprocess.Popen(
                [*walls.command, sys.executable, "-s", "-m", "grader.runner.zygote", str(theirs.fileno())],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env={**dict(walls.environment), "PYTHONPATH": walls.python_path},
                cwd=folder,
                start_new_session=True,
            )
        except OSError as error:
            errors.close()
            raise SandboxError(f"it could not be started: {error}") from None
        finally:
            theirs.close()
        try:
            self._set_up(modules)
        except ConnectionError:
            self.close()
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
            raise SandboxError(last[0] if last else "it ended without a word") from None
        except SandboxError:
            self.close()
            raise
        finally:
            errors.close()

    def start(self, limits: Limits) -> Runner:
        """Return a runner that stands ready; raises SandboxError, and its kind GoneError when this process is gone."""
        ours, theirs = socket.socketpair()
        life, their_life = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        read_end, write_end = os.pipe()
        request = json.dumps({"limits": limits_of(limits, self._walls)}).encode()
        try:
            socket.send_fds(self._control, [request], [theirs.fileno(), write_end, their_life.fileno()])
        except OSError as error:
            for opened in (ours, life):
                opened.close()
            os.close(read_end)
            raise GoneError(f"the process that starts runners is gone ({error})") from None
        finally:
            for sent in (theirs, their_life):
                sent.close()
            os.close(write_end)
        output = Output(read_end, limits.output_bytes)
        runner = Runner(sock=ours, output=output, limits=limits, life=_ForkLife(life))
        runner.greet(START_S)
        return runner

    def is_alive(self) -> bool:
        """Whether it still runs; only the process that started it can tell."""
        return self._process.poll() is None

    def close(self) -> None:
        """Kill it, and with it every runner."""
        with contextlib.suppress(OSError):  # the other end is gone
            self._control.shutdown(socket.SHUT_RDWR)
        self._control.close()
        if self._walls.command and self._process.poll() is None:
            self._process.kill()  # the jail goes with it; without one it ends by itself, after its children
        try:
            self._process.wait(START_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _set_up(self, modules: Sequence[str]) -> None:
        limits = limits_of(Limits(), self._walls)
        setup = {"separation": self._walls.separation, "modules": list(modules), "limits": limits}
        answer = None
        with contextlib.suppress(OSError):  # it is gone already: no answer
            self._control.send(json.dumps(setup).encode())
            answer = _message(self._control, time.monotonic() + START_S)
        if answer is None:
            raise ConnectionError("no answer")
        if "refused" in answer:
            raise SandboxError(f"the kernel refuses it: {answer['refused']}")


class _ForkLife:
    """The socket on which the zygote speaks about one runner; it is killed when we hang up."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def kill(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self._sock.shutdown(socket.SHUT_RDWR)  # also for the copies that forks of the judge have of it
        self._sock.close()

    def end(self, wait_s: float) -> End | None:
        deadline = time.monotonic() + wait_s
        message = _message(self._sock, deadline)
        return None if message is None else End(**message)


def limits_of(limits: Limits, walls: Walls) -> dict[str, int]:
    """Return what a runner's own process and the one above it are told to hold it to."""
    names = ("cpu_s", "memory_bytes", "open_files", "files", "disk_bytes", "file_bytes")
    told = {name: int(getattr(limits, name)) for name in names}
    return {**told, "processes": limits.processes if walls.counts_processes else 0}


def _message(sock: socket.socket, deadline: float) -> dict[str, Any] | None:
    """Return the next packet, or None when the other end is gone or time is up."""
    try:
        readable, _, _ = select.select([sock], [], [], max(0.0, deadline - time.monotonic()))
        data = sock.recv(_MESSAGE_BYTES) if readable else b""
    except OSError:
        return None
    return dict(json.loads(data)) if data else None
