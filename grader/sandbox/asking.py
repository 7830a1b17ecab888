"""Asks one runner one thing after the other, with a deadline, and says how it was lost when it is."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from grader.errors import CheckError
from grader.model import Limits, Verdict
from grader.wire.channel import Channel
from grader.wire.encoding import encode
from grader.wire.values import WireClosed, WireDeadline, WireError, WireTooBig

_REAP_S = 0.5  # the connection closes a moment before the process can be reaped
_PIPE_BYTES = 1 << 16


class LostError(Exception):
    """The runner is gone: why, as a verdict and a sentence."""

    def __init__(self, verdict: Verdict, message: str) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message


class Output:
    """What a submission prints: the first part is kept, all of it is counted, none of it is believed."""

    def __init__(self, descriptor: int, keep_bytes: int) -> None:
        self._descriptor = descriptor
        self._keep_bytes = keep_bytes
        self.kept = bytearray()
        self.total_bytes = 0
        os.set_blocking(descriptor, False)

    def drain(self) -> bool:
        """Read what is there; return False when there is nothing more to come."""
        try:
            data = os.read(self._descriptor, _PIPE_BYTES)
        except BlockingIOError:
            return True
        self.total_bytes += len(data)
        self.kept += data[: max(0, self._keep_bytes - len(self.kept))]
        return bool(data)


class Runner:
    """The untrusted process of one submission, as seen from outside."""

    def __init__(
        self,
        *,
        sock: socket.socket,
        output: int,
        limits: Limits,
        number: int,
        kill: Callable[[int], None],
        exit_status: Callable[[int, float], int | None],
    ) -> None:
        self._output = Output(output, limits.output_bytes)
        self._descriptor = output
        self._channel = Channel(sock, max_bytes=limits.answer_bytes, drains=[(output, self._output.drain)])
        self._number = number
        self._kill = kill
        self._exit_status = exit_status
        self._requests = 0

    def ask(
        self,
        request: Mapping[str, object],
        *,
        wall_s: float,
        call_back: Callable[[int, tuple[object, ...], dict[str, object]], dict[str, object]] | None = None,
    ) -> dict[str, Any]:
        """Return the reply; `call_back` serves functions of the judge meanwhile.

        Raises LostError, and then it is over; CheckError when the request itself cannot be sent.
        """
        self._requests += 1
        deadline = time.monotonic() + wall_s
        try:
            frame = encode({"id": self._requests, **request})
        except WireError as error:
            raise CheckError(f"a check sends what cannot be sent: {error}") from None
        try:
            self._channel.send(frame, deadline)
            return self._reply(deadline, call_back)
        except WireDeadline:
            raise self._lost(Verdict.TIMEOUT, f"no answer within {wall_s:g} s") from None
        except WireClosed:
            raise self._lost(Verdict.CRASH, "") from None
        except WireTooBig as error:
            raise self._lost(Verdict.CRASH, f"it sent {error}") from None
        except WireError as error:
            raise self._lost(Verdict.CRASH, f"its process broke off the exchange ({error})") from None

    def _reply(
        self,
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
        if reply.get("id") != self._requests:
            raise WireError("an answer to another question")
        return reply

    def printed(self) -> tuple[str, int]:
        """Return the first part of what was printed so far, and how many bytes all of it was."""
        if self._descriptor >= 0:
            self._output.drain()
        return self._output.kept.decode(errors="replace"), self._output.total_bytes

    def close(self) -> None:
        """Kill the process and close our ends."""
        self._kill(self._number)
        self._channel.close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _lost(self, verdict: Verdict, message: str) -> LostError:
        if not message:
            verdict, message = _how_it_ended(self._exit_status(self._number, _REAP_S))
        self._output.drain()
        self.close()
        return LostError(verdict, message)


def _callback_of(reply: Mapping[str, Any]) -> tuple[int, tuple[object, ...], dict[str, object]]:
    number, args, kwargs = reply["callback"], reply.get("args"), reply.get("kwargs")
    if not isinstance(number, int) or not isinstance(args, tuple) or not isinstance(kwargs, dict):
        raise WireError("a call back of another form")
    return number, args, kwargs


def _how_it_ended(status: int | None) -> tuple[Verdict, str]:
    if status is None:
        return Verdict.CRASH, "its process is gone or closed its connection"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
        if name == "SIGKILL":
            return Verdict.CRASH, "its process was killed (SIGKILL): by itself, or by the limit on processor time"
        return Verdict.CRASH, f"its process crashed ({name})"
    return Verdict.CRASH, f"its process ended itself with exit code {os.WEXITSTATUS(status)}"
