"""The first peer: pytest in a subprocess, one for each submission; the tests import the submission."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.five_questions.environments import NotHereError, make_environment
from benchmarks.five_questions.making import Answers, module_text, points_of_questions
from benchmarks.five_questions.peers import LIMIT_S, Graded
from benchmarks.five_questions.running import run_command
from benchmarks.five_questions.translating import plain_tests

_RESULTS = "results.xml"


class Pytest:
    """pytest, with JUnit XML as its answer."""

    name = "pytest"
    kinds = ("py",)
    grades_many = False

    def __init__(self, environments: Path, work: Path) -> None:
        """Install it; raises NotHereError."""
        self._environment = make_environment(environments / self.name, "pytest")
        self._variables = self._environment.variables(work)
        self.versions = self._environment.versions("pytest")

    def grade(self, submissions: Sequence[Answers], *, kind: str, work: Path) -> Graded:
        """Run one process for each submission."""
        wall_s, points = 0.0, []
        for answers in submissions:
            folder = work / answers.student
            folder.mkdir(parents=True)
            (folder / "submission.py").write_text(module_text(answers), encoding="utf-8")
            (folder / "test_submission.py").write_text(_tests(), encoding="utf-8")
            command = [
                self._environment.python,
                "-m",
                "pytest",
                "-q",
                "--tb=short",
                f"--junitxml={_RESULTS}",
                "test_submission.py",
            ]
            ran = run_command(command, folder=folder, environment=self._variables, limit_s=LIMIT_S)
            if not (folder / _RESULTS).exists():
                raise NotHereError(f"pytest ended with {ran.code} and left no results: {ran.output[-600:]}")
            wall_s += ran.wall_s
            points.append(_points(folder / _RESULTS))
        return Graded(wall_s=wall_s, points=tuple(points))


def _tests() -> str:
    plain = plain_tests()
    functions = [f"def test_{test.question}():\n{test.body(prefix='submission.', indent='    ')}" for test in plain.tests]
    return "\n\n\n".join([f"import submission\n{plain.setup}", *functions]) + "\n"


def _points(results: Path) -> Mapping[str, float]:
    cases = {case.get("name"): case for case in ElementTree.parse(results).iter("testcase")}
    passed = {
        question: (case := cases.get(f"test_{question}")) is not None
        and case.find("failure") is None
        and case.find("error") is None
        for question in points_of_questions()
    }
    return {question: most * passed[question] for question, most in points_of_questions().items()}
