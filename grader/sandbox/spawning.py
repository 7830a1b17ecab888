"""Runners without walls on systems that cannot fork (macOS, Windows): a process each, over the loopback interface."""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox.asking import Output, Runner
from grader.sandbox.endings import End
from grader.sandbox.forking import START_S, limits_of
from grader.sandbox.walls import Walls

_OF_THE_SYSTEM = ("SYSTEMROOT", "WINDIR")  # without which no program starts on Windows


def spawn(walls: Walls, limits: Limits, modules: Sequence[str]) -> Runner:
    """Return a runner that stands ready; raises SandboxError."""
    home = tempfile.mkdtemp(prefix="home-", dir=walls.scratch)
    printed = Path(tempfile.mkdtemp(prefix="output-", dir=walls.scratch), "printed")
    token = secrets.token_bytes(32)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        process = _start(walls, printed, home)
        life = _SpawnLife(process)
        plan = {
            "port": listener.getsockname()[1],
            "token": token.hex(),
            "modules": list(modules),
            "limits": limits_of(limits, walls),
            "folder": home,
        }
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(plan).encode() + b"\n")
            process.stdin.close()
            sock = _accept(listener, token, process)
        except OSError as error:
            life.kill()
            last = printed.read_text(errors="replace").strip().splitlines()[-1:]
            raise SandboxError(f"a runner did not start ({last[0] if last else error})") from None
    output = Output(os.open(printed, os.O_RDONLY | getattr(os, "O_BINARY", 0)), limits.output_bytes, is_pipe=False)
    runner = Runner(sock=sock, output=output, limits=limits, life=life)
    runner.greet(START_S)
    return runner


class _SpawnLife:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def kill(self) -> None:
        if self._process.poll() is None:
            if sys.platform == "win32":
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)  # what it started, too, unless that has left the session
        self._process.wait()

    def end(self, wait_s: float) -> End | None:
        try:
            return End(code=self._process.wait(wait_s))
        except subprocess.TimeoutExpired:
            return None


def _start(walls: Walls, printed: Path, home: str) -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _OF_THE_SYSTEM if name in os.environ}
    environment |= dict(walls.environment) | {"PYTHONPATH": walls.python_path}
    environment |= {name: home for name in ("HOME", "TMPDIR", "TEMP", "TMP", "MPLCONFIGDIR", "IPYTHONDIR")}
    with printed.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-s", "-m", "grader.runner.alone"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=home,
            start_new_session=os.name == "posix",
        )


def _accept(listener: socket.socket, token: bytes, process: subprocess.Popen[bytes]) -> socket.socket:
    """Return the connection of the process that knows the token; raises OSError when it ended or never called."""
    deadline = time.monotonic() + START_S
    listener.settimeout(0.1)
    while time.monotonic() < deadline and process.poll() is None:
        try:
            sock, _ = listener.accept()
        except TimeoutError:
            continue
        sock.settimeout(5)
        if secrets.compare_digest(sock.recv(len(token), socket.MSG_WAITALL), token):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
        sock.close()
    raise OSError("it ended or never called")
