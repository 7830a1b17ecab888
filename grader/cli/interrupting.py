"""Ctrl-C and a polite kill: they end what is slow at once, and what must stay whole at its next quiet moment."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType


class Interrupts:
    """Turns SIGINT and SIGTERM into KeyboardInterrupt, or into a note while they are held back; `with` undoes it."""

    def __init__(self) -> None:
        """Change nothing yet."""
        self.asked = False
        self._held_back = False
        self._signals = (signal.SIGINT, signal.SIGTERM)

    def __enter__(self) -> Interrupts:
        self._before = [signal.signal(number, self._hear) for number in self._signals]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in zip(self._signals, self._before, strict=True):
            signal.signal(number, handler)

    @contextmanager
    def held_back(self) -> Iterator[None]:
        """Only note an interrupt; whoever runs asks `asked` when it suits."""
        self._held_back = True
        try:
            yield
        finally:
            self._held_back = False

    def _hear(self, number: int, frame: FrameType | None) -> None:
        again, self.asked = self.asked, True
        if not self._held_back and not again:  # a second one must not break the cleaning up after the first
            raise KeyboardInterrupt
