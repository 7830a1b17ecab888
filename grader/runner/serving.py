"""Serves the judge's calls, one after the other, until the connection closes."""

from __future__ import annotations

import builtins
import contextlib
import copy
import os
import socket
import sys
import tempfile
import types
from typing import Any

import torch

from grader.runner.adapting import load_data_in_this_process
from grader.runner.describing import Origin, describe_exception
from grader.runner.guarding import Guard
from grader.runner.handles import Handles, describe_type
from grader.runner.loading import Loaded, load_module, place_files
from grader.runner.providing import place_provided
from grader.wire.channel import Channel
from grader.wire.encoding import encode
from grader.wire.values import Ref, WireClosed, WireError

MAX_REQUEST_BYTES = 2**31


def serve_submission(sock: socket.socket, home: str, *, processes: bool) -> None:
    """Say that we stand ready, then serve one submission in a folder of its own until the judge hangs up.

    Where no other `processes` can be started, a data loader reads its data in this one.
    """
    folder = os.path.realpath(tempfile.mkdtemp(prefix="submission-", dir=home))
    with contextlib.suppress(WireClosed):
        server = Server(sock, folder, processes=processes)
        server.greet()
        server.serve()


class Server:
    """One submission and the judge's end of the wire."""

    def __init__(self, sock: socket.socket, folder: str, *, processes: bool = True) -> None:
        self._folder = folder
        self._processes = processes
        self._handles = Handles(self._call_back)
        self._channel = Channel(sock, max_bytes=MAX_REQUEST_BYTES)
        self._descriptor = sock.fileno()
        self._provided: types.ModuleType | None = None
        self._guard: Guard | None = None  # of the call that runs now
        self._loaded = Loaded(origin=Origin(folder, {}), namespace={})
        self._operations = {
            "load": self._load,
            "call": self._call,
            "figure": self._figure,
            "attribute": self._attribute,
            "state": self._state,
            "release": self._release,
            "replace": self._replace,
        }

    def greet(self) -> None:
        """Answer before anything was asked."""
        self._channel.send(encode({"id": 0}))

    def serve(self) -> None:
        """Answer requests until the judge closes the connection."""
        while True:
            self._serve_one(self._channel.receive())

    def _serve_one(self, request: Any) -> None:
        try:
            reply = self._operations[request["op"]](request)
        except BaseException as error:  # noqa: BLE001  # whatever student code raises is an answer, SystemExit too
            reply = {"raised": describe_exception(error, self._loaded.origin)}
        for stream in (sys.stdout, sys.stderr):
            _flush(stream)
        self._answer(request["id"], reply)

    def resume(self, loaded: Loaded, request_id: int, reply: dict[str, object], provided: types.ModuleType | None = None) -> None:
        """Go on, in another process, with a submission that has been loaded there: answer `load`, then serve."""
        self._loaded, self._provided = loaded, provided
        self._answer(request_id, reply)
        self.serve()

    def _answer(self, request_id: int, reply: dict[str, object]) -> None:
        try:
            frame = encode({"id": request_id, **reply}, self._handles.wrap)
        except WireError as error:
            text = f"{describe_type(reply.get('value'))} that cannot be sent: {error}"
            frame = encode({"id": request_id, "value": Ref(kind="handle", id=0, type=text[:200])})
        except BaseException as error:  # noqa: BLE001  # to read the answer runs its methods, and they are the student's
            frame = encode({"id": request_id, "raised": describe_exception(error, self._loaded.origin)})
        self._channel.send(frame)

    def _load(self, request: Any) -> dict[str, object]:
        if request["provided"]:
            self._provided = place_provided(request["provided"])
        notes = [] if self._processes else [load_data_in_this_process()]
        place_files(request["files"], self._folder)
        if request["cells"] is None:
            self._loaded = load_module(request["main"], self._folder)
        elif request["engine"] == "jupyter":
            from grader.runner.kernel import run_in_kernel

            run_in_kernel(request, self._descriptor, self._folder)  # the kernel answers in our place; never returns
        else:
            from grader.runner.shell import load_notebook

            self._loaded = load_notebook(request["cells"], self._folder)
        self._loaded.notes += notes
        return load_reply(self._loaded)

    def _call(self, request: Any) -> dict[str, object]:
        target = self._target(request["target"])
        if target is None:
            return {"missing": str(request["target"])}
        args: Any = self._handles.resolve(request["args"])
        kwargs: Any = self._handles.resolve(request["kwargs"])
        around, self._guard = self._guard, Guard(request["guard"], self._loaded.origin) if request["guard"] else None
        guard = self._guard
        try:
            with guard or contextlib.nullcontext():
                value = target(*args, **kwargs)
        finally:
            self._guard = around
        if request["keep"]:
            value = self._handles.wrap(value)
        reply: dict[str, object] = {"value": value, "used": guard.notes if guard else []}
        if request["return_arguments"]:
            reply["arguments"] = (args, kwargs)
        return reply

    def _figure(self, request: Any) -> dict[str, object]:
        from grader.runner.figures import drawn_by

        target = self._target(request["target"])
        if target is None:
            return {"missing": str(request["target"])}
        args: Any = self._handles.resolve(request["args"])
        kwargs: Any = self._handles.resolve(request["kwargs"])
        return {"value": drawn_by(lambda: target(*args, **kwargs))}

    def _target(self, target: object) -> Any:
        if isinstance(target, Ref):
            return self._handles.resolve(target)
        place, _, name = str(target).rpartition(".")
        if place == "provided":
            return getattr(self._provided, name, None)
        return self._loaded.namespace.get(name)

    def _attribute(self, request: Any) -> dict[str, object]:
        return {"value": getattr(self._handles.resolve(request["target"]), request["name"])}

    def _state(self, request: Any) -> dict[str, object]:
        state = self._handles.resolve(request["target"]).state_dict()  # type: ignore[attr-defined]
        return {"value": copy.copy(dict(state))}

    def _release(self, request: Any) -> dict[str, object]:
        self._handles.release_all()
        torch.set_grad_enabled(True)  # whatever the last check's calls have left
        return {"value": None}

    def _replace(self, request: Any) -> dict[str, object]:
        self._loaded.namespace.update(self._handles.resolve(request["functions"]))  # type: ignore[call-overload]
        return {"value": None}

    def _call_back(self, number: int, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        if self._guard is not None:
            self._guard.looks_away = True
        try:
            return self._asked_back(number, args, kwargs)
        finally:
            if self._guard is not None:
                self._guard.looks_away = False

    def _asked_back(self, number: int, args: tuple[object, ...], kwargs: dict[str, object]) -> object:
        self._channel.send(encode({"callback": number, "args": args, "kwargs": kwargs}, self._handles.wrap))
        reply: Any = self._channel.receive()
        while "op" in reply:  # the function of the judge asks for something itself
            self._serve_one(reply)
            reply = self._channel.receive()
        if "raised" in reply:
            raise _exception_of(reply["raised"])
        return self._handles.resolve(reply["value"])


def _exception_of(raised: Any) -> Exception:
    """Return what a function of the judge raised, as the caller would have got it from any library."""
    kind = getattr(torch if raised["type"] == "OutOfMemoryError" else builtins, raised["type"], RuntimeError)
    exception: Exception = kind(raised["message"])
    return exception


def load_reply(loaded: Loaded) -> dict[str, object]:
    """Return what the judge is told about the loading; for the report only."""
    names = [name for name in list(loaded.namespace) if isinstance(name, str)][:10_000]
    return {"value": {"incidents": loaded.incidents[:200], "notes": loaded.notes[:200], "names": names}}


def _flush(stream: Any) -> None:
    try:
        stream.flush()
    except Exception:  # noqa: BLE001  # the submission may have closed or replaced its own streams: its loss alone
        return
