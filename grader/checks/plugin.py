"""The pytest plug-in: gives checks their fixtures and turns each outcome into a result."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import hypothesis
import pytest

from grader.checks.calling import Calling
from grader.checks.outcomes import Answers, Check, result_of
from grader.errors import CheckError
from grader.model import Assignment, CheckResult, Fault, Verdict, Visibility
from grader.solution import Solution

PUBLIC, HIDDEN = Path("checks_public.py"), Path("checks_hidden.py")


class Turns(Protocol):
    """Who may use the processors now."""

    def shared(self) -> AbstractContextManager[None]:
        """Hold them together with others."""

    def alone(self) -> AbstractContextManager[None]:
        """Hold them alone, for what measures time."""


class JudgePlugin:
    """One run of an assignment's checks over one submission."""

    def __init__(
        self,
        *,
        assignment: Assignment,
        solution: Solution,
        calling: Calling,
        provided: Calling,
        seed: int,
        wanted: Callable[[Check], bool],
        known: Mapping[str, CheckResult],
        turns: Turns,
        imported_from: str | None,
        answers: Answers,
    ) -> None:
        self._assignment = assignment
        self._solution = solution
        self._calling = calling
        self._provided = provided
        self._seed = seed
        self._wanted = wanted
        self._known = known
        self._turns = turns
        self._imported_from = imported_from
        self._answers = answers
        self._checks: dict[pytest.Item, Check] = {}
        self.expected: list[Check] = []  # the wanted checks in their order
        self.results: dict[str, CheckResult] = {}
        self.faults: list[Fault] = []
        self.collected: set[tuple[str, str]] = set()  # file and function of every check, wanted or not

    @pytest.fixture  # of each test: pytest is giving up fixtures of a session that belong to an instance
    def solution(self) -> Calling:
        """The submission: `solution.name(...)` calls its function of that name."""
        return self._calling

    @pytest.fixture
    def provided(self) -> Calling:
        """The course's own code inside the runner: `provided.name(...)`."""
        return self._provided

    @pytest.fixture
    def assignment(self) -> Assignment:
        """The assignment whose checks these are."""
        return self._assignment

    def pytest_sessionstart(self) -> None:
        """Forget another assignment's checks: pytest gives the same module names to those of every assignment."""
        for name in (PUBLIC.stem, HIDDEN.stem):
            file = getattr(sys.modules.get(name), "__file__", None)
            if file is not None and Path(file).parent != self._assignment.folder:
                del sys.modules[name]

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Keep the wanted checks whose result is not known."""
        left_out = []
        ids = set()
        for item in list(items):
            if item.name in ids:
                raise CheckError(f"there are two checks {item.name}; a check is known by its name alone")
            ids.add(item.name)
            self.collected.add((item.path.name, getattr(item, "originalname", item.name)))
            check = self._check_of(item)
            if self._wanted(check):
                self.expected.append(check)
                if check.id not in self._known:
                    self._checks[item] = check
                    continue
                self.results[check.id] = self._known[check.id]
            items.remove(item)
            left_out.append(item)
        config.hook.pytest_deselected(items=left_out)

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Start each check with nothing left of the last one, and a Hypothesis test with its own seed."""
        check = self._checks[item]
        function = getattr(item, "function", None)
        if hypothesis.is_hypothesis_test(function):  # here, as all parameters of a check share the function
            hypothesis.seed(_seed_of(check, self._seed))(function)  # type: ignore[type-var]  # it is a function
        self._calling.forget()
        self._solution.begin_check(check.question.id)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Let checks run side by side with those of other submissions, and one that measures time alone."""
        with self._turns.alone() if self._checks[item].timed else self._turns.shared():
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note the result of a check; a fixture that fails is a fault."""
        report = yield
        error = call.excinfo.value if call.excinfo else None
        if call.when == "call" or error is not None:
            check = self._checks[item]
            result, details = result_of(
                check,
                error,
                last=self._calling.last,
                imported_from=self._imported_from,
                wall_s=call.duration,
                answers=self._answers,
            )
            self.results[check.id] = result
            if result.verdict is Verdict.FAULT:
                self.faults.append(Fault(where=f"{check.question.id}: {check.id}", message=result.message, details=details))
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Let whoever started grading hear that it was interrupted; to pytest this is an end like another."""
        if type(excinfo.value) is KeyboardInterrupt:  # pytest's own ends derive from it
            raise excinfo.value

    def _check_of(self, item: pytest.Item) -> Check:
        mark = item.get_closest_marker("question")
        if mark is None:
            raise CheckError(f"{item.nodeid} has no @question; say which question it belongs to")
        try:
            question = self._assignment.question(mark.args[0])
        except KeyError:
            raise CheckError(f"{item.nodeid} belongs to {mark.args[0]!r}, which assignment.toml does not have") from None
        hidden = item.path.name == HIDDEN.name
        return Check(
            id=item.name,
            question=question,
            visibility=Visibility.HIDDEN if hidden else Visibility.PUBLIC,
            rule=_rule_of(item),
            weight=mark.kwargs["weight"],
            decisive=mark.kwargs["decisive"],
            law=mark.kwargs["law"],
            timed=mark.kwargs["timed"],
        )


def _rule_of(item: pytest.Item) -> str:
    text = inspect.getdoc(getattr(item, "function", None)) or ""
    if not text:
        raise CheckError(f"{item.nodeid} has no docstring; it is the rule that a student reads")
    return " ".join(text.split())


def _seed_of(check: Check, seed: int) -> int:
    """Return a seed for one check; public checks have the same one everywhere."""
    base = seed if check.visibility is Visibility.HIDDEN else 0
    return int.from_bytes(hashlib.sha256(f"{base}:{check.id}".encode()).digest()[:8], "big")
