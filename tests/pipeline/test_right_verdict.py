"""The right verdict: correct hand-ins lose nothing however they are written, and each demo hand-in loses what it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.pipeline import Job, grade

HAND_INS = Path(__file__).resolve().parent.parent / "hand_ins"
GOOD = sorted(path for path in (HAND_INS / "good" / "conv_nets").iterdir() if path.name[0] not in "._")
DEMO = {  # hand-in -> the questions that lose points; None: all of them
    "ada.py": (),
    "bruno.ipynb": (),
    "chen.py": ("c1",),
    "dora.py": ("a4",),
    "emre.ipynb": ("b6",),
    "fatima.py": ("a3", "a5", "b2", "b3", "b6", "b8", "b9", "c1"),
    "goran.py": None,
    "hana": (),
    "ivo.ipynb": None,
    "jonas.py": ("b1", "b2", "b3", "b6", "b8", "b9"),
}


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_correct_hand_in_gets_full_points_however_it_is_written(path, conv_nets, sandbox):
    report = grade(Job(assignment=conv_nets, path=path, hidden=True, seed=11), sandbox=sandbox)
    lost = {
        check.id: f"{check.verdict}: {check.message} at {check.counterexample}"
        for question in report.score.questions
        for check in question.checks
        if check.verdict != "pass"
    }
    assert not report.unreadable
    assert not report.faults
    assert lost == {}
    assert report.score.points == report.score.out_of == 50


@pytest.mark.parametrize("name", list(DEMO))
def test_a_demo_hand_in_loses_the_questions_that_it_breaks_and_no_other(name, hurried, sandbox):
    report = grade(Job(assignment=hurried, path=HAND_INS / "demo" / "conv_nets" / name, hidden=True), sandbox=sandbox)
    lost = tuple(q.question.id for q in report.score.questions if q.points < q.out_of)
    everything = tuple(question.question.id for question in report.score.questions)
    assert not report.faults
    assert lost == (everything if DEMO[name] is None else DEMO[name])


def test_every_demo_hand_in_is_known_here():
    assert sorted(DEMO) == sorted(p.name for p in (HAND_INS / "demo" / "conv_nets").iterdir() if p.name[0] not in "._")
