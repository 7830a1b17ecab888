"""A solution whose functions run in this very process, and small assignments to judge it by."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from grader.checks.running import Findings, run_checks
from grader.model import Asked, ForbiddenCalls, Profile, SourceText, Verdict
from grader.schedule.turns import Turns
from grader.solution import Answer, Handle, SolutionError
from grader.specs import read_assignment


class Gone(BaseException):
    """The process of a submission is no more; its text raises this by `hang()` and `die()`."""


class PlainSolution:
    """Implements the Solution protocol over a text of plain functions, without any walls.

    As in the sandbox, a call that is lost ends all later calls of the same check in the same way, the next check starts with
    a fresh copy of everything, and functions get copies of their arguments.
    """

    def __init__(self, text: str) -> None:
        self.text = dedent(text)
        self.calls: list[tuple[object, tuple[object, ...], dict[str, object]]] = []
        self.begun: list[str] = []
        self._loss: SolutionError | None = None
        self._functions: dict[str, Callable[..., object]] = {}
        self._namespace: dict[str, object] | None = None

    def begin_check(self, question: str) -> None:
        self.begun.append(question)
        self._loss = None

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
        args, kwargs = copy.deepcopy(args), copy.deepcopy(dict(kwargs))
        self.calls.append((target, args, kwargs))
        name = str(target).removeprefix("provided.")
        try:
            if self._loss is not None:
                error = SolutionError(self._loss.verdict, self._loss.message)
            elif name not in self._alive():
                error = SolutionError(Verdict.MISSING, f"`{name}` is not defined after the whole file has run")
            else:
                value = self._alive()[name](*args, **kwargs)
                return Answer(value=value, args=args, kwargs=kwargs) if return_arguments else Answer(value=value)
        except Gone as gone:
            self._namespace = None
            error = self._loss = SolutionError(Verdict(str(gone)), f"it ended in a {gone}")
        except Exception as raised:  # noqa: BLE001  # whatever the text raises is an answer
            kinds = [kind.__name__ for kind in type(raised).__mro__ if kind.__module__ == "builtins" and kind is not object]
            kinds = tuple(dict.fromkeys([type(raised).__name__, *kinds]))
            error = SolutionError(Verdict.ERROR, f"{kinds[0]}: {raised}", kinds=kinds, exception=str(raised), traceback="line 1")
        raise error

    def forget_objects(self) -> None:
        raise SolutionError(Verdict.ERROR, "there are no objects here")

    def figure(self, target: str | Handle, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        raise SolutionError(Verdict.ERROR, "there are no figures here")

    def attribute(self, handle: Handle, name: str) -> object:
        raise SolutionError(Verdict.ERROR, "there are no objects here")

    def state(self, handle: Handle) -> dict[str, object]:
        raise SolutionError(Verdict.ERROR, "there are no objects here")

    def stand_in(self, functions: Mapping[str, Callable[..., object]]) -> None:
        self._functions = dict(functions)
        self._namespace = None

    def _alive(self) -> dict[str, Callable[..., object]]:
        if self._namespace is None:
            self._namespace = {"hang": lambda: _end("timeout"), "die": lambda: _end("crash")}
            exec(self.text, self._namespace)
            self._namespace.update(self._functions)
        return self._namespace


def _end(how: str) -> None:
    raise Gone(how)


HEAD = """
from hypothesis import given, strategies as st
import pytest
from grader.checks.comparing import assert_int, assert_ints, fail, raises_value_error
from grader.checks.marking import question
"""


@pytest.fixture(scope="session")
def solution_of() -> Callable[[str], PlainSolution]:
    """Make a solution out of the text of its functions."""
    return PlainSolution


class Bench:
    """A small assignment in a folder of its own; judges texts by it."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "assignments" / "tiny"
        self.folder.mkdir(parents=True)
        self.last: PlainSolution | None = None

    def set(self, public: str, *, hidden: str = "", questions: Mapping[str, str] | None = None, stand_ins: str = "") -> None:
        """Write the assignment; `questions` are ids with further lines of their tables.

        Each defines a function of its name, unless the lines say which.
        """
        tables = (
            f'[[question]]\nid = "{name}"\ntitle = "Question {name}"\npoints = 2\n'
            + ("" if "names" in more else f'names = ["{name}"]\n')
            + f"{more}\n"
            for name, more in (questions or {"a": ""}).items()
        )
        (self.folder / "assignment.toml").write_text("\n".join(tables))
        for name, text in (("checks_public.py", public), ("checks_hidden.py", hidden)):
            if text:
                (self.folder / name).write_text(HEAD + dedent(text))
        if stand_ins:
            (self.folder / "stand_ins.py").write_text(dedent(stand_ins))

    def judge(
        self,
        text: str,
        *,
        hidden: bool = False,
        seed: int = 0,
        questions: tuple[str, ...] = (),
        known: tuple[Asked, ...] = (),
        turns: Turns | None = None,
        profile: Profile = Profile.FULL,
    ) -> Findings:
        """Run the checks over a text of functions."""
        self.last = PlainSolution(text)
        return run_checks(
            read_assignment(self.folder.parent, self.folder.name),
            self.last,
            sources=[SourceText(name="tiny.py", module="<main>", text=self.last.text)],
            hidden=hidden,
            seed=seed,
            turns=turns or Turns("tests"),
            profile=profile,
            questions=questions,
            known=known,
            imported_from="tiny",
        )

    def only(self, text: str, **how: object):
        """Run the checks and return the result of the only one."""
        (result,) = self.judge(text, **how).results
        return result


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A place for a small assignment."""
    return Bench(tmp_path)
