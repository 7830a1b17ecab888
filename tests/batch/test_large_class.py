"""Five hundred submissions, fifty of them hostile: the batch comes to its end, and every honest one gets what it is due."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.five_questions.making import make_class
from grader.store.store import Store
from tests.batch.course import COMMAND

COUNT, HOSTILE = 500, 0.1
SOON_S = 3_000.0


@pytest.mark.slow
def test_every_honest_one_of_five_hundred_is_right_beside_fifty_hostile_ones(root, tmp_path):
    made = make_class(tmp_path / "class", COUNT, kind="mixed", hostile_share=HOSTILE, seed=3)
    assert sum(each.answers is None for each in made) == COUNT * HOSTILE
    folder = tmp_path / "graded"
    words = ["batch", "five_questions", str(tmp_path / "class"), "-o", str(folder)]
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, str(root / "benchmarks" / "five_questions"), *words],
        capture_output=True,
        text=True,
        timeout=SOON_S,
        env={**os.environ, "PYTHONPATH": str(root)},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    due = {each.student: each.answers.points for each in made if each.answers is not None}
    with Store(folder / "results.sqlite") as store:
        results = {entry.id: result for entry, result in store.results()}
    assert len(results) == COUNT
    assert {student: results[student]["score"]["points"] for student in due} == due
    assert not [student for student, result in results.items() if not result["score"]["complete"]], "no fault anywhere"
    with (folder / "gradebook.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == COUNT
    assert {row["id"]: float(row["total"]) for row in rows if row["id"] in due} == due
    assert len(list(Path(folder / "reports").iterdir())) == COUNT
