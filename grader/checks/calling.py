"""What checks hold in their hands: the `solution` and `provided` fixtures. They call, and they remember the last call."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from grader.checks.source_rules import Violation, find_violations
from grader.model import ForbiddenCalls, SourceText
from grader.solution import Answer, Solution, SolutionError


@dataclass(slots=True)
class Call:
    """One call of a submission, as it was asked for and what came of it."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    error: SolutionError | None = None


class Function:
    """A function of a submission."""

    def __init__(self, calling: Calling, name: str) -> None:
        self._calling = calling
        self.name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it and return its value, rebuilt on this side; raises SolutionError."""
        return self._calling.ask(self.name, args, kwargs, lambda solution: solution.call(self.name, args, kwargs)).value

    def observe(self, args: tuple[object, ...], kwargs: dict[str, object], *, guard: ForbiddenCalls | None = None) -> Answer:
        """Call it and return its value, its arguments as they are afterwards, and the forbidden functions it used."""
        return self._calling.ask(
            self.name,
            args,
            kwargs,
            lambda solution: solution.call(self.name, args, kwargs, guard=guard, return_arguments=True),
        )

    def violations(self, rule: ForbiddenCalls) -> tuple[Violation, ...]:
        """Return the uses of what a rule forbids in the source that this function reaches."""
        return find_violations(self._calling.sources, self.name, rule, others=self._calling.names)


class Calling:
    """The `solution` fixture: `solution.name(...)` calls the submission's function of that name."""

    def __init__(self, solution: Solution, *, sources: Sequence[SourceText], names: Collection[str], prefix: str = "") -> None:
        self._solution = solution
        self._prefix = prefix
        self.sources = tuple(sources)
        self.names = frozenset(names)
        self.last: Call | None = None

    def __getattr__(self, name: str) -> Function:
        if name.startswith("_"):  # what printers and debuggers look for; no name of a contract starts like this
            raise AttributeError(name)
        return Function(self, self._prefix + name)

    def ask(
        self,
        name: str,
        args: tuple[object, ...],
        kwargs: dict[str, object],
        how: Callable[[Solution], Answer],
    ) -> Answer:
        """Do one call and remember it; after a loss, remember the call that was lost and not those after it."""
        call = Call(name, args, kwargs)
        lost_before = self.last is not None and self.last.error is not None and _is_loss(self.last.error)
        if not lost_before:
            self.last = call
        try:
            return how(self._solution)
        except SolutionError as error:
            call.error = error
            raise

    def forget(self) -> None:
        """Forget the last call: a new check starts."""
        self.last = None


def _is_loss(error: SolutionError) -> bool:
    return error.verdict in ("timeout", "crash") and not error.kinds
