"""The third peer: `nbgrader autograde`, one command for any number of notebooks, in a course that is made here."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.five_questions.environments import NotHereError, make_environment
from benchmarks.five_questions.making import SLUG, Answers, code_cell, notebook_json, points_of_questions, right_answers
from benchmarks.five_questions.peers import LIMIT_S, Graded
from benchmarks.five_questions.running import run_command
from benchmarks.five_questions.translating import plain_tests

_CONFIGURATION = f"""\
c = get_config()
c.CourseDirectory.course_id = "{SLUG}"
c.CourseDirectory.root = "."
c.IncludeHeaderFooter.header = ""
"""
_SCORES = """\
SELECT student.id, base_cell.name, grade.auto_score
FROM grade
JOIN base_cell ON base_cell.id = grade.cell_id
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN student ON student.id = submitted_assignment.student_id
"""


class Nbgrader:
    """nbgrader, which executes a notebook with its test cells in a kernel of its own. It reads notebooks only."""

    name = "nbgrader"
    kinds = ("ipynb",)
    grades_many = True

    def __init__(self, environments: Path, work: Path) -> None:
        """Install it; raises NotHereError."""
        self._environment = make_environment(environments / self.name, "nbgrader", "ipykernel")
        self._variables = self._environment.variables(work)
        self.versions = self._environment.versions("nbgrader", "nbconvert")

    def grade(self, submissions: Sequence[Answers], *, kind: str, work: Path) -> Graded:
        """Run one command for all of them, in a course of their own."""
        source = work / "source" / SLUG
        source.mkdir(parents=True)
        (work / "nbgrader_config.py").write_text(_CONFIGURATION, encoding="utf-8")
        (source / f"{SLUG}.ipynb").write_text(_notebook(right_answers(), is_source=True), encoding="utf-8")
        self._run("generate_assignment", work)
        for answers in submissions:
            folder = work / "submitted" / answers.student / SLUG
            folder.mkdir(parents=True)
            (folder / f"{SLUG}.ipynb").write_text(_notebook(answers, is_source=False), encoding="utf-8")
        wall_s = self._run("autograde", work)
        points = _points(work / "gradebook.db")
        return Graded(wall_s=wall_s, points=tuple(points.get(answers.student, {}) for answers in submissions))

    def _run(self, verb: str, folder: Path) -> float:
        command = [self._environment.programs / "nbgrader", verb, SLUG]
        ran = run_command(command, folder=folder, environment=self._variables, limit_s=LIMIT_S)
        if ran.code != 0:
            raise NotHereError(f"nbgrader {verb} ended with {ran.code}: {ran.output[-600:]}")
        return ran.wall_s


def _notebook(answers: Answers, *, is_source: bool) -> str:
    """Return a notebook with a cell for each answer and a test cell below it."""
    plain = plain_tests()
    cells = [code_cell("imports", f"# {answers.student}, {answers.remark}\nimport torch")]
    for test in plain.tests:
        solution = answers.source(test.question)
        if is_source:
            solution = f"### BEGIN SOLUTION\n{solution}### END SOLUTION"
        metadata = _metadata(f"answer_{test.question}", is_solution=True)
        cells.append(code_cell(f"answer-{test.question}", solution, metadata))
        metadata = _metadata(test.question, points=points_of_questions()[test.question])
        cells.append(code_cell(f"test-{test.question}", f"{plain.setup}\n{test.body()}", metadata))
    return notebook_json(cells)


def _metadata(grade_id: str, *, is_solution: bool = False, points: float | None = None) -> dict[str, object]:
    own: dict[str, object] = {
        "grade": not is_solution,
        "grade_id": grade_id,
        "locked": not is_solution,
        "schema_version": 3,
        "solution": is_solution,
        "task": False,
    }
    return {"nbgrader": own if points is None else {**own, "points": points}}


def _points(gradebook: Path) -> Mapping[str, Mapping[str, float]]:
    with closing(sqlite3.connect(gradebook)) as database:
        points: dict[str, dict[str, float]] = {}
        for student, question, score in database.execute(_SCORES):
            points.setdefault(student, {})[question] = score
    return points
