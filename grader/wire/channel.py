"""Frames over a socket, with a deadline in both directions."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Callable, Iterable, Sequence

from grader.wire.decoding import parse_header, rebuild
from grader.wire.encoding import PREFIX
from grader.wire.values import MAX_HEADER_BYTES, WireClosed, WireDeadline, WireTooBig

_CHUNK_BYTES = 1 << 20


class Channel:
    """One end of the connection; both directions end at a deadline (`time.monotonic()` seconds, None for never).

    While it waits, it also serves `drains`: file descriptors with the function to call when one can be read. The function
    returns False when there is nothing more to come.
    """

    def __init__(
        self,
        sock: socket.socket,
        *,
        max_bytes: int,
        drains: Iterable[tuple[int, Callable[[], bool]]] = (),
    ) -> None:
        self._sock = sock
        self._sock.setblocking(False)
        self._max_bytes = max_bytes
        self._drains = dict(drains)

    def send(self, frame: Sequence[memoryview], deadline: float | None = None) -> None:
        """Send one encoded message whole; raises WireClosed or WireDeadline on the way."""
        for piece in frame:
            sent = 0
            while sent < len(piece):
                try:
                    sent += self._sock.send(piece[sent : sent + _CHUNK_BYTES])
                except BlockingIOError:
                    self._wait(deadline, write=True)
                except OSError as error:
                    raise WireClosed(f"the connection broke ({error.strerror})") from None

    def receive(self, deadline: float | None = None) -> object:
        """Return the next message."""
        (length,) = PREFIX.unpack(self._read(PREFIX.size, deadline))
        if length > MAX_HEADER_BYTES:
            raise WireTooBig(f"a header of {length / 1e6:.0f} MB, {MAX_HEADER_BYTES / 1e6:.0f} MB allowed")
        node, sizes = parse_header(self._read(length, deadline), self._max_bytes)
        return rebuild(node, [self._read(size, deadline) for size in sizes])

    def close(self) -> None:
        """Close this end."""
        self._sock.close()

    def _read(self, size: int, deadline: float | None) -> bytearray:
        data = bytearray(size)
        view, got = memoryview(data), 0
        while got < size:
            try:
                count = self._sock.recv_into(view[got : got + _CHUNK_BYTES])
            except BlockingIOError:
                self._wait(deadline, write=False)
                continue
            except OSError as error:
                raise WireClosed(f"the connection broke ({error.strerror})") from None
            if count == 0:
                raise WireClosed("the connection was closed")
            got += count
        return data

    def _wait(self, deadline: float | None, *, write: bool) -> None:
        remaining = None if deadline is None else deadline - time.monotonic()
        if remaining is not None and remaining <= 0:
            raise WireDeadline("no complete message in time")
        readable, _, _ = select.select(
            [*self._drains, *(() if write else (self._sock,))], [self._sock] if write else [], [], remaining
        )
        for descriptor in readable:
            if descriptor in self._drains and not self._drains[descriptor]():
                del self._drains[descriptor]
