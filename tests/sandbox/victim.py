"""The judge that attacks may hurt: a process of its own that holds everything worth stealing and starts the sandbox.

Started by `attacking.py` as `python -m tests.sandbox.victim DESCRIPTOR TOKEN`. The socket carries lines of JSON: first what to
hold and at which level to stand, then what to do; each is answered by one line. A judge that was killed by an attack is thus a
finding and not the end of the test run.
"""

from __future__ import annotations

import ctypes
import json
import os
import selectors
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox.endings import LostError, is_lack_of_memory
from grader.sandbox.starting import Sandbox
from tests.sandbox.watching import descendants

PROGRAMS = Path(__file__).resolve().parent.parent / "hand_ins" / "hostile" / "walls"
MIB = 1 << 20
LIMITS = Limits(
    memory_bytes=512 * MIB,
    processes=32,
    open_files=256,
    files=2000,
    disk_bytes=64 * MIB,
    file_bytes=64 * MIB,
    answer_bytes=64 * MIB,
)
LOAD_S = 20.0
PR_SET_CHILD_SUBREAPER = 36
COUNTED = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGCONT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM, signal.SIGIO)


class Victim:
    """Everything that an attack could want, and the runners."""

    def __init__(self, setup: dict[str, Any], token: str) -> None:
        self._memory = ctypes.create_string_buffer(token.encode())
        self._descriptor = os.open(setup["secret_file"], os.O_RDONLY)
        os.set_inheritable(self._descriptor, True)
        self._signals: list[int] = []
        for number in COUNTED:
            signal.signal(number, lambda number, frame: self._signals.append(number))
        self._listeners = Listeners(token, setup)
        self._sandbox = Sandbox(isolation=setup["level"], preload=())
        before = descendants(os.getpid())
        self._sibling = self._runner_of("_sibling")
        outer = max(set(descendants(os.getpid())) - set(before))
        reply = self._call(self._sibling, "hold", setup["sibling_secret"])
        held = reply["value"]
        walls = getattr(self._sandbox, "walls", None)
        self.facts = {
            "address": ctypes.addressof(self._memory),
            "length": len(token),
            "descriptor": self._descriptor,
            "tcp_port": self._listeners.port,
            "judge_pid": os.getpid(),
            "sibling_pid": held["pid"],
            "sibling_outer_pid": outer,
            "sibling_folder": held["folder"],
            "sibling_address": held["address"],
            "sibling_length": held["length"],
            "disk_bytes": LIMITS.disk_bytes,
        }
        self.counts_processes = bool(getattr(walls, "counts_processes", True))

    def attack(self, name: str, target: dict[str, object], wall_s: float) -> dict[str, object]:
        """Run one program against the walls; say how it ended and everything that came out."""
        runner = self._sandbox.start_runner(LIMITS)
        start, reply = time.monotonic(), {}
        try:
            incidents = runner.ask(_load(name), wall_s=LOAD_S)["value"]["incidents"]
            if incidents:
                return {"ended": "broken", "said": str(incidents), "printed": "", "wall_s": 0.0}
            start = time.monotonic()
            reply = runner.ask(_call("attack", target), wall_s=wall_s)
            ended, text = _ended(reply)
        except LostError as lost:
            ended, text = lost.verdict.value, lost.message
        wall_s = time.monotonic() - start
        runner.close()
        return {"ended": ended, "said": text, "printed": runner.printed()[0], "wall_s": wall_s}

    def visit(self, note: str, key: int) -> dict[str, object]:
        """Start the next submission: does it answer rightly, and does it find a note?"""
        try:
            runner = self._runner_of("_visitor")
            try:
                return {name: self._call(runner, name, *args)["value"] for name, args in _visits(note, key)}
            finally:
                runner.close()
        except (LostError, SandboxError) as error:
            return {"lost": str(error)}

    def sibling(self, number: int) -> dict[str, object]:
        """Ask the submission beside it."""
        try:
            reply = self._call(self._sibling, "answer", number)
        except LostError as lost:
            return {"lost": lost.message}
        return reply.get("value") or {"lost": str(reply)}

    def state(self) -> dict[str, object]:
        """Say what became of what this process holds."""
        return {
            "memory": self._memory.value.decode("latin-1"),
            "signals": list(self._signals),
            "callers": self._listeners.callers,
            "offset": os.lseek(self._descriptor, 0, os.SEEK_CUR),
            "environment": sorted(os.environ),
        }

    def close(self) -> dict[str, object]:
        """End every runner and the sandbox."""
        self._sibling.close()
        self._sandbox.close()
        return {}

    def _runner_of(self, name: str) -> Any:
        runner = self._sandbox.start_runner(LIMITS)
        incidents = runner.ask(_load(name), wall_s=LOAD_S)["value"]["incidents"]
        assert not incidents, incidents
        return runner

    def _call(self, runner: Any, name: str, *args: object) -> dict[str, Any]:
        return dict(runner.ask(_call(name, *args), wall_s=LOAD_S))


class Listeners:
    """Three sockets that send the token to whoever connects, and count the callers."""

    def __init__(self, token: str, setup: dict[str, str]) -> None:
        self.callers = 0
        self._token = token.encode()
        self._selector = selectors.DefaultSelector()
        sockets = [socket.socket(), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
        datagrams = [socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)]
        for one, address in zip(sockets, [("0.0.0.0", 0), "\0" + setup["abstract_socket"], setup["path_socket"]], strict=True):
            one.bind(address)
            one.listen(50)
            self._selector.register(one, selectors.EVENT_READ, self._accept)
        for one, address in zip(datagrams, ["\0" + setup["abstract_datagrams"], setup["path_datagrams"]], strict=True):
            one.bind(address)
            self._selector.register(one, selectors.EVENT_READ, self._receive)
        self.port = sockets[0].getsockname()[1]
        os.chmod(setup["path_socket"], 0o777)
        os.chmod(setup["path_datagrams"], 0o777)
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            for key, _ in self._selector.select():
                key.data(key.fileobj)

    def _accept(self, listener: socket.socket) -> None:
        self.callers += 1
        caller, _ = listener.accept()
        with caller:
            caller.settimeout(0.5)
            caller.sendall(self._token)

    def _receive(self, one: socket.socket) -> None:
        self.callers += 1
        one.recv(4096)


def _visits(note: str, key: int) -> list[tuple[str, tuple[object, ...]]]:
    return [("look", (note, key)), ("answer", (10,)), ("state", ())]


def _load(name: str) -> dict[str, object]:
    files = [(f"{one}.py", (PROGRAMS / f"{one}.py").read_bytes()) for one in ("_raw", name)]
    return {"op": "load", "files": files, "main": f"{name}.py", "cells": None, "engine": "shell", "provided": []}


def _call(name: str, *args: object) -> dict[str, object]:
    return {"op": "call", "target": name, "args": args, "kwargs": {}, "guard": None, "return_arguments": False, "keep": False}


def _ended(reply: dict[str, Any]) -> tuple[str, str]:
    if "raised" not in reply:
        return "returns", text_of(reply.get("value"))
    raised = reply["raised"]
    lacks = is_lack_of_memory(tuple(raised["types"]), str(raised["message"]))
    return "memory" if lacks else "error", text_of(raised)


def text_of(value: object) -> str:
    """Return every text and number in an answer, one a line, bytes as what they spell."""
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("latin-1")
    if isinstance(value, dict):
        return "\n".join(text_of(item) for pair in value.items() for item in pair)
    if isinstance(value, list | tuple):
        return "\n".join(text_of(item) for item in value)
    return str(value)


def main(descriptor: int, token: str) -> None:
    """Take the setup, then serve one request after the other until the other side hangs up."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # what is orphaned is ours, so that it can be found
    with socket.socket(fileno=descriptor) as sock, sock.makefile("rw") as lines:
        os.set_inheritable(descriptor, False)
        setup = json.loads(lines.readline())
        try:
            victim = Victim(setup, token)
        except SandboxError as error:
            _say(lines, setup["id"], {"refused": str(error)})
            return
        _say(lines, setup["id"], {"facts": victim.facts, "counts_processes": victim.counts_processes})
        for line in lines:
            request = json.loads(line)
            number = request.pop("id")
            _say(lines, number, getattr(victim, request.pop("do"))(**request))


def _say(lines: Any, number: int, message: dict[str, object]) -> None:
    lines.write(json.dumps({"id": number, **message}) + "\n")
    lines.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
