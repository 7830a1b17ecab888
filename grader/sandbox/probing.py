"""The start-up probe: tries the walls from inside before any submission meets them, and believes what is seen outside."""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox.asking import Runner
from grader.sandbox.endings import LostError

_INTRUDER = Path(__file__).with_name("intruder.py")
_LIMITS = Limits(load_s=30.0, call_s=10.0)
_WORKS = [1, 2, "wave", "iniconfig"]


def probe(start: Callable[[Limits], Runner]) -> None:
    """Raise SandboxError unless two runners in a row were held and could still work."""
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="grader-probe-") as folder:
        secret, note = secrets.token_hex(16), f"note-{secrets.token_hex(8)}"
        files = Path(folder, "secret"), Path(folder, "open to all")
        for path in files:
            path.write_text(secret, encoding="utf-8")
            path.chmod(0o666)
        os.chmod(folder, 0o777)
        network, local = (stack.enter_context(listener) for listener in (_listener(), _listener(note)))
        first = _Intruder(start)
        stack.callback(first.close)
        _require(first.call("work") == _WORKS, "an honest submission could not work in it")
        _require(secret not in repr(first.call("read", str(files[0]))), "it can read the judge's files")
        first.call("write", str(files[1]), "changed")
        _require(files[1].read_text(encoding="utf-8") == secret, "it can write the judge's files")
        first.call("connect", network.getsockname()[1], "\0" + note)
        _require(not _was_called(network) and not _was_called(local), "it can connect to the judge")
        _require(first.call("signal", os.getpid()) != "sent", "it can send signals to the judge")
        first.call("leave", note)
        first.close()
        second = _Intruder(start)
        stack.callback(second.close)
        _require(second.call("find", note) == [], "it can leave notes for the next submission")
        _require(set(os.listdir(folder)) == {path.name for path in files}, "it can write into the judge's folders")


class _Intruder:
    def __init__(self, start: Callable[[Limits], Runner]) -> None:
        self._runner = start(_LIMITS)
        self._ask({"op": "load", "files": [("intruder.py", _INTRUDER.read_bytes())], "main": "intruder.py"}, _LIMITS.load_s)

    def call(self, name: str, *args: object) -> object:
        return self._ask({"op": "call", "target": name, "args": args}, _LIMITS.call_s).get("value")

    def close(self) -> None:
        self._runner.close()

    def _ask(self, request: dict[str, object], wall_s: float) -> dict[str, object]:
        common: dict[str, object] = {
            "cells": None,
            "engine": "shell",
            "provided": [],
            "kwargs": {},
            "guard": None,
            "return_arguments": False,
            "keep": False,
        }
        try:
            return self._runner.ask({**common, **request}, wall_s=wall_s)
        except LostError as loss:
            raise SandboxError(f"the probe of the walls was lost: {loss.message}") from None


def _listener(name: str = "") -> socket.socket:
    listener = socket.socket(socket.AF_UNIX if name else socket.AF_INET)
    listener.bind("\0" + name if name else ("127.0.0.1", 0))
    listener.listen()
    listener.setblocking(False)
    return listener


def _was_called(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def _require(held: bool, problem: str) -> None:
    if not held:
        raise SandboxError(f"the probe found that {problem}")
