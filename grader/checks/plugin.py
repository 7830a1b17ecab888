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
from grader.checks.check_files import is_check_file, visibility_of
from grader.checks.outcomes import Answers, Check, result_of
from grader.checks.profile import is_ours
from grader.checks.stopwatch import Stopwatch
from grader.errors import CheckError
from grader.model import Assignment, CheckResult, Fault, Kind, Profile, Verdict, Visibility
from grader.solution import Solution


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
        profile: Profile,
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
        self._profile = profile
        self._wanted = wanted
        self._known = known
        self._turns = turns
        self._imported_from = imported_from
        self._answers = answers
        self._checks: dict[pytest.Item, Check] = {}
        self._stopwatch = Stopwatch(is_alone=False)  # of the check that runs
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
    def device(self) -> str:
        """Where models and data of a check lie: "cpu" or "cuda"."""
        return "cpu"

    @pytest.fixture
    def stopwatch(self) -> Stopwatch:
        """Times what must be faster than something else."""
        return self._stopwatch

    @pytest.fixture
    def assignment(self) -> Assignment:
        """The assignment whose checks these are."""
        return self._assignment

    def pytest_sessionstart(self) -> None:
        """Forget another assignment's checks: pytest gives the same module names to those of every assignment."""
        for name in list(filter(is_check_file, sys.modules)):
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
        self._leave_out(check)
        function = getattr(item, "function", None)
        if hypothesis.is_hypothesis_test(function):  # here, as all parameters of a check share the function
            hypothesis.seed(_seed_of(check, self._seed))(function)  # type: ignore[type-var]  # it is a function
        self._solution.begin_check(check.question.id)
        self._calling.forget()
        self._provided.forget()
        self._stopwatch = Stopwatch(is_alone=check.timed)

    def _leave_out(self, check: Check) -> None:
        """Skip what this machine or this profile does not run; the report says why and how to run it."""
        if check.question.kind is Kind.GPU:
            pytest.skip("it needs a CUDA device, and there is none for submissions here; on a machine with one it is run")
        if check.full and self._profile is Profile.QUICK:
            pytest.skip("it trains for long, so the quick profile leaves it out; add `--profile full` to run it")

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
                picture=self._calling.picture,
                measurement=self._stopwatch.measurement,
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
        _require_our_settings(item)
        return Check(
            id=item.name,
            question=question,
            visibility=visibility_of(item.path.name),
            rule=_rule_of(item),
            weight=mark.kwargs["weight"],
            decisive=mark.kwargs["decisive"],
            law=mark.kwargs["law"],
            timed=mark.kwargs["timed"],
            full=mark.kwargs["full"],
        )


def _require_our_settings(item: pytest.Item) -> None:
    own = getattr(getattr(item, "function", None), "_hypothesis_internal_use_settings", None)
    if own is not None and not is_ours(own):
        raise CheckError(f"{item.nodeid} has Hypothesis settings of its own; begin with those of grader.checks.profile")


def _rule_of(item: pytest.Item) -> str:
    text = inspect.getdoc(getattr(item, "function", None)) or ""
    if not text:
        raise CheckError(f"{item.nodeid} has no docstring; it is the rule that a student reads")
    return " ".join(text.split())


def _seed_of(check: Check, seed: int) -> int:
    """Return a seed for one check; public checks have the same one everywhere."""
    base = seed if check.visibility is Visibility.HIDDEN else 0
    return int.from_bytes(hashlib.sha256(f"{base}:{check.id}".encode()).digest()[:8], "big")
