"""What workers promise, wherever they are: each request ends once, with an answer or with why there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from grader.errors import GraderError
from grader.schedule.forking import Fork


class ScheduleError(GraderError):
    """The workers could not start, or keep dying; whoever runs the machine must act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one request ended."""

    number: int
    answer: bytes | None  # pickled by a process of ours
    lost: str = ""  # why there is no answer


class Service(Protocol):
    """What a worker is made of; lives in a process of its own that stays warm."""

    @property
    def description(self) -> str:
        """How submissions are kept apart there, in words."""

    def start(self, request: Any) -> Fork:
        """Let a fork answer this request; raises GraderError."""

    def take(self, fork: Fork) -> bytes:
        """Return the pickled answer of a fork that has ended; raises GraderError."""

    def close(self) -> None:
        """End everything."""


class Workers(Protocol):
    """Some slots that answer requests side by side; `with` ends them and whatever they still do."""

    slots: int
    descriptions: frozenset[str]  # of the services that have been met

    def submit(self, number: int, request: object) -> None:
        """Hand one request in; never more at a time than there are slots. Raises ScheduleError."""

    def wait(self, timeout_s: float) -> Sequence[Ended]:
        """Return what has ended, after at most this time; raises ScheduleError."""

    def close(self) -> None:
        """End them at once."""
