"""Asks one runner one thing after the other, with a deadline, and says how it was lost when it is."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from grader.errors import CheckError, SandboxError
from grader.model import Limits, Verdict
from grader.sandbox.endings import End, LostError, how_it_ended
from grader.wire.channel import Channel
from grader.wire.encoding import encode
from grader.wire.values import WireClosed, WireDeadline, WireError, WireTooBig

_REAP_S = 0.5  # the connection closes a moment before the process can be reaped
_PIPE_BYTES = 1 << 16


class GoneError(SandboxError):
    """What starts runners is gone, and must be started again itself."""


class Life(Protocol):
    """Our hold on a runner's process."""

    def kill(self) -> None:
        """End it and everything that it started; it may have ended already."""

    def end(self, wait_s: float) -> End | None:
        """Return how it ended, or None when it has not within the time or nobody can say."""


class Output:
    """What a submission prints: the first part is kept, all of it is counted, none of it is believed."""

    def __init__(self, descriptor: int, keep_bytes: int, *, is_pipe: bool = True) -> None:
        """Take over a descriptor: of a pipe, which must be emptied while we wait, or of a file."""
        self._descriptor = descriptor
        self._keep_bytes = keep_bytes
        self._is_pipe = is_pipe
        self.kept = bytearray()
        self.total_bytes = 0
        if is_pipe:
            os.set_blocking(descriptor, False)

    @property
    def drains(self) -> list[tuple[int, Callable[[], bool]]]:
        """What must be emptied while we wait for an answer."""
        return [(self._descriptor, self.drain)] if self._is_pipe else []

    def drain(self) -> bool:
        """Read what is there; return False when there is nothing more to come."""
        if self._descriptor < 0:
            return False
        try:
            data = os.read(self._descriptor, _PIPE_BYTES)
        except BlockingIOError:
            return True
        self.total_bytes = self.total_bytes + len(data) if self._is_pipe else os.fstat(self._descriptor).st_size
        self.kept += data[: max(0, self._keep_bytes - len(self.kept))]
        return bool(data)

    def close(self) -> None:
        """Read the last of it and let go."""
        if self._descriptor >= 0:
            self.drain()
            os.close(self._descriptor)
            self._descriptor = -1


class Runner:
    """The untrusted process of one submission, as seen from outside."""

    def __init__(self, *, sock: socket.socket, output: Output, limits: Limits, life: Life) -> None:
        self._output = output
        self._channel = Channel(sock, max_bytes=limits.answer_bytes, drains=output.drains)
        self._limits = limits
        self._life = life
        self._requests = 0

    def greet(self, wall_s: float) -> None:
        """Wait until it stands ready inside its walls; raises SandboxError. No code of a submission has run by then."""
        try:
            self._reply(0, time.monotonic() + wall_s, None)
        except WireError:
            is_known = self._life.end(_REAP_S) is not None
            self.close()
            last = self._output.kept.decode(errors="replace").strip().splitlines()[-1:]
            why = last[0] if last else "it ended without a word" if is_known else "the process that starts runners is gone"
            raise (SandboxError if last or is_known else GoneError)(f"a runner did not start: {why}") from None

    def ask(
        self,
        request: Mapping[str, object],
        *,
        wall_s: float,
        patience: str = "",
        call_back: Callable[[int, tuple[object, ...], dict[str, object]], dict[str, object]] | None = None,
    ) -> dict[str, Any]:
        """Return the reply; `call_back` serves functions of the judge meanwhile, `patience` says which limit `wall_s` is.

        What it serves may itself ask: the runner answers that before it goes on.

        Raises LostError, and then it is over; CheckError when the request itself cannot be sent.
        """
        self._requests += 1
        number, deadline = self._requests, time.monotonic() + wall_s
        try:
            frame = encode({"id": number, **request})
        except WireError as error:
            raise CheckError(f"a check sends what cannot be sent: {error}") from None
        try:
            self._channel.send(frame, deadline)
            return self._reply(number, deadline, call_back)
        except WireDeadline:
            raise self._lost(Verdict.TIMEOUT, patience or f"no answer within {wall_s:g} s") from None
        except WireClosed:
            raise self._lost(*how_it_ended(self._life.end(_REAP_S), self._limits)) from None
        except WireTooBig as error:
            raise self._lost(Verdict.CRASH, f"it sent {error}") from None
        except WireError as error:
            raise self._lost(Verdict.CRASH, f"its process broke off the exchange ({error})") from None

    def _reply(
        self,
        number: int,
        deadline: float,
        call_back: Callable[[int, tuple[object, ...], dict[str, object]], dict[str, object]] | None,
    ) -> dict[str, Any]:
        while True:
            reply = self._channel.receive(deadline)
            if not isinstance(reply, dict):
                raise WireError("an answer of another form")
            if "callback" not in reply or call_back is None:
                break
            self._channel.send(encode(call_back(*_callback_of(reply))), deadline)
        if reply.get("id") != number:
            raise WireError("an answer to another question")
        return reply

    def printed(self) -> tuple[str, int]:
        """Return the first part of what was printed so far, and how many bytes all of it was."""
        self._output.drain()
        return self._output.kept.decode(errors="replace"), self._output.total_bytes

    def close(self) -> None:
        """Kill the process and close our ends."""
        self._life.kill()
        self._channel.close()
        self._output.close()

    def _lost(self, verdict: Verdict, message: str) -> LostError:
        self.close()
        return LostError(verdict, message)


def _callback_of(reply: Mapping[str, Any]) -> tuple[int, tuple[object, ...], dict[str, object]]:
    number, args, kwargs = reply["callback"], reply.get("args"), reply.get("kwargs")
    if not isinstance(number, int) or not isinstance(args, tuple) or not isinstance(kwargs, dict):
        raise WireError("a call back of another form")
    return number, args, kwargs
