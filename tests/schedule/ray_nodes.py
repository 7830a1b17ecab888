"""A real Ray cluster on this machine's loopback: each node has its own address, its own processes and can be killed."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

START_S = 90.0
_RAY = [sys.executable, "-m", "ray.scripts.scripts"]
_NODE = "GRADER_TEST_NODE"
# Ends with whoever started it, however that ends: then `cat` reads to the end.
_TIED = '"$@" </dev/null & cat >/dev/null; kill -9 0'


class Nodes:
    """The nodes of one cluster, by their address; the first is the head. `with` leaves no process behind."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="r", dir="/tmp"))  # sockets need a short path
        self.secret = secrets.token_hex(20)
        self._port = _free_port()
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def address(self) -> str:
        """Where the head listens."""
        return f"{next(iter(self._nodes))}:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """What whoever uses the cluster needs: it answers nobody without the secret."""
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.secret, "RAY_USAGE_STATS_ENABLED": "0"}

    def __enter__(self) -> Nodes:
        return self

    def __exit__(self, *_: object) -> None:
        for node in reversed(self._nodes):
            self.kill(node)
        ended = time.monotonic() + 10.0
        while (left := self.processes()) and time.monotonic() < ended:
            time.sleep(0.1)
        for process in left:
            os.kill(process, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)
        assert not left, f"left behind: {left}"

    def add(self, node: str, *, cpus: int = 1, gpus: int = 0, **environment: str) -> None:
        """Start a node at this address of the loopback; it may take a while to be part of the cluster."""
        if self._nodes:
            place = [f"--address={self.address}"]
        else:
            place = ["--head", f"--port={self._port}", f"--temp-dir={self.folder}", "--include-dashboard=false"]
        sizes = [f"--num-cpus={cpus}", f"--num-gpus={gpus}", "--object-store-memory=80000000"]
        ports = ["--min-worker-port=0", "--max-worker-port=0", "--dashboard-agent-listen-port=0"]
        less = ["--disable-usage-stats", "--include-log-monitor=false"]
        self._nodes[node] = subprocess.Popen(
            ["sh", "-c", _TIED, "sh", *_RAY, "start", "--block", f"--node-ip-address={node}", *place, *sizes, *ports, *less],
            stdin=subprocess.PIPE,
            stdout=(self.folder / f"{node}.log").open("wb"),
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env={**os.environ, **self.environment, **environment, _NODE: f"{self.secret}/{node}"},
            start_new_session=True,
        )
        if len(self._nodes) == 1:
            self._await_port(node)

    def kill(self, node: str) -> None:
        """Let the node vanish: all of Ray's processes there. Others must notice by themselves."""
        process = self._nodes[node]
        for member in _session(process.pid):
            _kill(member)
        process.wait()
        assert process.stdin
        process.stdin.close()

    def processes(self, node: str = "") -> list[int]:
        """Return all processes that somebody on this node, or on any, has started."""
        return _with_environment(f"{_NODE}={self.secret}/{node}")

    def _await_port(self, node: str) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                socket.create_connection((node, self._port), timeout=1.0).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError(f"no head: {(self.folder / f'{node}.log').read_text()}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _session(leader: int) -> list[int]:
    return [process for process, fields in _stats().items() if int(fields[3]) == leader]


def _with_environment(text: str) -> list[int]:
    found = []
    for process, fields in _stats().items():
        try:
            if fields[0] != "Z" and text.encode() in Path(f"/proc/{process}/environ").read_bytes():
                found.append(process)
        except OSError:  # it ended meanwhile
            continue
    return found


def _stats() -> dict[int, list[str]]:
    """Return what the kernel says of each process behind its name: state, parent, group, session, ..."""
    stats = {}
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdecimal():
                stats[int(folder.name)] = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
    return stats
