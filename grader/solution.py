"""What a check may do with a submission that is alive in its sandbox, and the one error that this can end in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from grader.model import ForbiddenCalls, Verdict
from grader.wire.values import Ref

Handle = Ref  # our name for an object that lives in the runner


class SolutionError(Exception):
    """What a submission's code did wrong instead of answering; only the check plug-in turns it into a verdict."""

    def __init__(
        self, verdict: Verdict, message: str, *, kinds: tuple[str, ...] = (), traceback: str = "", exception: str = ""
    ) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message
        self.kinds = kinds  # of a raised exception: its class and the built-in classes it derives from
        self.exception = exception  # the raised exception's own message
        self.traceback = traceback


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back from one call."""

    value: object
    args: tuple[object, ...] = ()  # as they were after the call, when that was asked for
    kwargs: Mapping[str, object] = field(default_factory=dict)
    used: tuple[tuple[str, str], ...] = ()  # forbidden functions seen while it ran, each with the student's line


class Solution(Protocol):
    """Code that can be called: a submission alive in its sandbox."""

    def begin_check(self, question: str) -> None:
        """Say that a new check starts; after a loss it gets a fresh runner."""

    def forget_objects(self) -> None:
        """Let the runner forget every object that it keeps for checks."""

    def call(
        self,
        target: str | Handle,
        args: tuple[object, ...],
        kwargs: Mapping[str, object],
        *,
        guard: ForbiddenCalls | None = None,
        return_arguments: bool = False,
        keep: bool = False,
    ) -> Answer:
        """Call a name of the submission, `provided.<name>`, or a handle; raises SolutionError.

        `return_arguments`: say how they are afterwards, too. `keep`: leave the value in the runner, whatever it is.
        """

    def figure(self, target: str | Handle, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        """Call a name of the submission and return the figure that it drew, described as data; raises SolutionError."""

    def attribute(self, handle: Handle, name: str) -> object:
        """Return an attribute of an object in the runner; raises SolutionError."""

    def state(self, handle: Handle) -> dict[str, object]:
        """Return the state dict of a module in the runner; raises SolutionError."""

    def stand_in(self, functions: Mapping[str, Callable[..., object]]) -> None:
        """From now on let these functions of the judge answer for the submission's own; {} ends it."""
