"""Starts the process that imports the libraries once, and from it one runner for each submission."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from types import TracebackType

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox.asking import Runner
from grader.sandbox.walls import Walls, bubblewrap, plain

START_S = 180.0  # a cold disk can need minutes to import torch
_CPU_PER_WALL = 4  # processor seconds for each second of wall clock
_LINE_BYTES = 65536


class Sandbox:
    """One jail with a warm process in it; `with` closes it and everything that still runs inside."""

    def __init__(self, *, isolation: str = "auto", preload: Sequence[str] = ("torch", "numpy")) -> None:
        """Start it; `isolation` is "auto", "bubblewrap" or "none". Raises SandboxError."""
        self._preload = tuple(preload)
        self._isolation = isolation
        self._scratch = tempfile.mkdtemp(prefix="grader-")
        self._count = 0
        self._ended: dict[int, int] = {}
        try:
            self.walls, self.remark = self._start_strongest()
        except SandboxError:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Kill everything inside and remove what it wrote."""
        self._stop()
        shutil.rmtree(self._scratch, ignore_errors=True)

    @property
    def description(self) -> str:
        """How submissions are kept apart, in words, and why not better."""
        return self.walls.description + (f" ({self.remark})" if self.remark else "")

    def start_runner(self, limits: Limits) -> Runner:
        """Fork a runner for one submission; starts the warm process again when the last submission took it down."""
        if not self._alive():
            self._stop()
            self._launch(self.walls)
        self._count += 1
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe()
        request = {
            "start": self._count,
            "limits": {
                "memory_bytes": limits.memory_bytes,
                "file_bytes": limits.file_bytes,
                "cpu_s": int(limits.total_s * _CPU_PER_WALL),
            },
        }
        try:
            socket.send_fds(self._control, [json.dumps(request).encode() + b"\n"], [theirs.fileno(), write_end])
            self._wait_for("started", time.monotonic() + START_S)
        except OSError as error:
            ours.close()
            os.close(read_end)
            raise SandboxError(f"the sandbox did not start a runner ({error}); run `python grade.py doctor`") from None
        finally:
            theirs.close()
            os.close(write_end)
        return Runner(sock=ours, output=read_end, limits=limits, number=self._count, kill=self.kill, exit_status=self.exit_status)

    def kill(self, number: int) -> None:
        """Kill one runner; it may have ended already."""
        try:
            self._control.sendall(json.dumps({"kill": number}).encode() + b"\n")
        except OSError:
            self._stop()

    def exit_status(self, number: int, wait_s: float) -> int | None:
        """Return a runner's wait status, or None when it has not ended within the time or its jail is gone."""
        deadline = time.monotonic() + wait_s
        while number not in self._ended and self._alive() and time.monotonic() < deadline:
            try:
                self._wait_for("ended", deadline)
            except OSError:
                break
        return self._ended.pop(number, None)

    def _start_strongest(self) -> tuple[Walls, str]:
        remark = ""
        if self._isolation in ("auto", "bubblewrap"):
            walls = bubblewrap()
            if walls is None:
                remark = "bubblewrap is not installed"
            else:
                try:
                    self._launch(walls)
                    return walls, ""
                except SandboxError as error:
                    remark = f"bubblewrap could not start: {error}"
        if self._isolation == "bubblewrap":
            raise SandboxError(f"{remark}; `python grade.py doctor` says what to do")
        walls = plain(self._scratch)
        self._launch(walls)
        return walls, remark

    def _launch(self, walls: Walls) -> None:
        self._control, theirs = socket.socketpair()
        self._pending = b""
        command = [*walls.command, sys.executable, "-s", "-m", "grader.runner.zygote", str(theirs.fileno())]
        errors = tempfile.TemporaryFile()  # noqa: SIM115  # closed below, after the child has written to it
        try:
            self._process = subprocess.Popen(
                [*command, *self._preload],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env={**dict(walls.environment), "PYTHONPATH": walls.python_path},
                cwd=self._scratch,
                start_new_session=True,
            )
        finally:
            theirs.close()
        try:
            self._wait_for("ready", time.monotonic() + START_S)
        except OSError:
            self._stop()
            errors.seek(0)
            last = errors.read().decode(errors="replace").strip().splitlines()[-1:]
            raise SandboxError(last[0] if last else "it ended without a word") from None
        finally:
            errors.close()

    def _wait_for(self, word: str, deadline: float) -> None:
        """Read messages until one has this word; raises OSError when the process is gone or time is up."""
        while True:
            line, found, rest = self._pending.partition(b"\n")
            if not found:
                self._read_control(deadline)
                continue
            self._pending = rest
            message = json.loads(line)
            if "ended" in message:
                self._ended[message["ended"]] = message["status"]
            if word in message:
                return

    def _read_control(self, deadline: float) -> None:
        readable, _, _ = select.select([self._control], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise TimeoutError("the sandbox said nothing")
        data = self._control.recv(_LINE_BYTES)
        if not data:
            raise ConnectionError("the sandbox is gone")
        self._pending += data

    def _alive(self) -> bool:
        return self._process.poll() is None

    def _stop(self) -> None:
        self._control.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
