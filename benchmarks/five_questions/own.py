"""Our own side of the comparison: `grade` from a cold start and `batch` over a class, each in a process of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.five_questions.making import HERE, SLUG, Answers, Made, write_answers
from benchmarks.five_questions.running import Ran, run_command

ROOT = HERE.parents[1]
_GRADE = (sys.executable, HERE / "grade.py")


def import_torch() -> Ran:
    """Start Python and import torch: what anything that runs a submission cold must wait for."""
    return _required(run_command([sys.executable, "-c", "import torch"], folder=ROOT))


def computed_s(submissions: Sequence[Made]) -> float:
    """Return what these submissions themselves compute, in seconds for each."""
    command = [sys.executable, "-m", "benchmarks.five_questions.computing", *(made.path for made in submissions)]
    return float(_required(run_command(command, folder=ROOT)).output.split()[-1])


def grade_one(answers: Answers, *, kind: str, work: Path) -> Ran:
    """Grade one submission from a cold start; the folder is empty before."""
    work.mkdir(parents=True)
    made = write_answers(work, answers, kind=kind)
    ran = _required(run_command([*_GRADE, "grade", SLUG, made.path, "-o", work / "graded"], folder=work))
    _require_due_points([made], work / "graded")
    return ran


def grade_class(folder: Path, submissions: Sequence[Made], *, jobs: int, work: Path) -> tuple[Ran, float | None]:
    """Grade a class into an empty folder; the second figure is the mean time from one report to the next, in seconds."""
    work.mkdir(parents=True)
    ran = _required(run_command([*_GRADE, "batch", SLUG, folder, "-o", work / "graded", "--jobs", str(jobs)], folder=work))
    _require_due_points(submissions, work / "graded")
    written_s = sorted(_result(work / "graded", made).stat().st_mtime_ns / 1e9 for made in submissions)
    return ran, (written_s[-1] - written_s[0]) / (len(written_s) - 1) if len(written_s) > 1 else None


def _required(ran: Ran) -> Ran:
    if ran.code != 0:
        raise SystemExit(f"our own command ended with {ran.code}:\n{ran.output}")
    return ran


def _require_due_points(submissions: Sequence[Made], graded: Path) -> None:
    for made in submissions:
        result = json.loads(_result(graded, made).read_text(encoding="utf-8"))
        due = made.answers.points if made.answers else None
        if result["score"]["points"] != due:
            raise SystemExit(f"{made.student} got {result['score']['points']} points where {due} are due")


def _result(graded: Path, made: Made) -> Path:
    return graded / "reports" / made.student / "result.json"
