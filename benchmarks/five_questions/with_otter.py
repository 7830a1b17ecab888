"""The second peer: `otter run`, one command for each submission, with exception-based test files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.five_questions.environments import NotHereError, make_environment
from benchmarks.five_questions.making import KINDS, SLUG, Answers, points_of_questions, write_answers
from benchmarks.five_questions.peers import LIMIT_S, Graded
from benchmarks.five_questions.running import run_command
from benchmarks.five_questions.translating import PlainTest, plain_tests

_CONFIGURATION = {"show_hidden": True, "pdf": False}


class Otter:
    """otter-grader, without a container, as `otter run` is made for."""

    name = "otter"
    kinds = KINDS
    grades_many = False

    def __init__(self, environments: Path, work: Path) -> None:
        """Install it and make the autograder zip; raises NotHereError."""
        self._environment = make_environment(environments / self.name, "otter-grader", "ipykernel")
        self._variables = self._environment.variables(work)
        self.versions = self._environment.versions("otter-grader", "nbconvert")
        self._zip = work / "autograder.zip"
        tests = work / "tests"
        tests.mkdir(parents=True)
        for test in plain_tests().tests:
            (tests / f"{test.question}.py").write_text(_test_file(test), encoding="utf-8")
        (work / "otter_config.json").write_text(json.dumps(_CONFIGURATION), encoding="utf-8")
        self._run("generate", "-t", tests, "-o", self._zip, "--no-requirements", "--no-environment", folder=work)

    def grade(self, submissions: Sequence[Answers], *, kind: str, work: Path) -> Graded:
        """Run one command for each submission."""
        wall_s, points = 0.0, []
        for answers in submissions:
            folder = work / answers.student
            folder.mkdir(parents=True)
            path = write_answers(folder, answers, kind=kind).path.rename(folder / f"{SLUG}.{kind}")
            wall_s += self._run("run", path.name, "-a", self._zip, "-o", folder, "--no-logo", folder=folder)
            points.append(_points(folder / "results.json"))
        return Graded(wall_s=wall_s, points=tuple(points))

    def _run(self, *words: str | Path, folder: Path) -> float:
        command = [self._environment.programs / "otter", *words]
        ran = run_command(command, folder=folder, environment=self._variables, limit_s=LIMIT_S)
        if ran.code != 0:
            raise NotHereError(f"otter {words[0]} ended with {ran.code}: {ran.output[-600:]}")
        return ran.wall_s


def _test_file(test: PlainTest) -> str:
    return (
        f"from otter.test_files import test_case\n{plain_tests().setup}\n\n"
        f'OK_FORMAT = False\nname = "{test.question}"\npoints = {points_of_questions()[test.question]:g}\n\n\n'
        f"@test_case()\ndef test_{test.question}({test.function}):\n{test.body(indent='    ')}\n"
    )


def _points(results: Path) -> Mapping[str, float]:
    scores = {test["name"]: float(test.get("score", 0.0)) for test in json.loads(results.read_text(encoding="utf-8"))["tests"]}
    return {question: scores.get(question, -1.0) for question in points_of_questions()}
