"""The right verdict: correct hand-ins lose nothing however they are written, and each demo hand-in loses what it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.model import Job
from grader.pipeline import grade

HAND_INS = Path(__file__).resolve().parent.parent / "hand_ins"
GOOD = sorted(path for path in (HAND_INS / "good" / "conv_nets").iterdir() if path.name[0] not in "._")
ALWAYS = {"plain_loops.py", "class_with_staticmethods.py", "decorators_and_generators.py", "many_cells.ipynb", "handed_in.zip"}
SOMETIMES = [pytest.param(path, marks=() if path.name in ALWAYS else pytest.mark.slow, id=path.name) for path in GOOD]
DEMO = {  # hand-in -> the questions of parts A to C that lose points; None: all of them
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


@pytest.mark.parametrize("path", SOMETIMES)
def test_a_correct_hand_in_gets_full_points_however_it_is_written(path, conv_nets, parts_a_to_c, sandbox):
    report = grade(Job(assignment=conv_nets, path=path, hidden=True, seed=11, questions=parts_a_to_c), sandbox=sandbox)
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
def test_a_demo_hand_in_loses_the_questions_that_it_breaks_and_no_other(name, hurried, parts_a_to_c, sandbox):
    path = HAND_INS / "demo" / "conv_nets" / name
    report = grade(Job(assignment=hurried, path=path, hidden=True, questions=parts_a_to_c), sandbox=sandbox)
    lost = tuple(q.question.id for q in report.score.questions if q.points < q.out_of)
    everything = tuple(question.question.id for question in report.score.questions)
    assert not report.faults
    assert lost == (everything if DEMO[name] is None else DEMO[name])


def test_every_demo_hand_in_is_known_here():
    assert sorted(DEMO) == sorted(p.name for p in (HAND_INS / "demo" / "conv_nets").iterdir() if p.name[0] not in "._")


B1_LOOPS = """
import torch


def conv2d(x, w):
    while True:
        pass


def conv2d_weight_grad(x, dy):
    return conv2d(x, dy)


def dilated_conv2d(x, w, dilation=1):
    side = dilation * (w.shape[0] - 1) + 1
    spread = torch.zeros(side, side, dtype=w.dtype)
    spread[::dilation, ::dilation] = w
    return conv2d(x, spread)
"""
B1_FLIPS = B1_LOOPS.replace("while True:\n        pass", "return dilated_conv2d(x, w.flip(0, 1))")
B1_FORBIDDEN = B1_LOOPS.replace(
    "while True:\n        pass", "return torch.nn.functional.conv2d(x[None, None], w[None, None])[0, 0]"
)


@pytest.mark.parametrize("source", [B1_LOOPS, B1_FORBIDDEN], ids=["loops", "uses what is forbidden"])
def test_a_defect_costs_its_own_question_and_not_those_that_build_on_it(tmp_path, hurried, sandbox, source):
    (tmp_path / "conv_nets.py").write_text(source, encoding="utf-8")
    job = Job(assignment=hurried, path=tmp_path, hidden=True, questions=("b1", "b2", "b9"))
    report = grade(job, sandbox=sandbox)
    points = {question.question.id: (question.points, question.out_of) for question in report.score.questions}
    assert points == {"b1": (0.0, 3.0), "b2": (5.0, 5.0), "b9": (2.0, 2.0)}
    stood_in = {check.stood_in for question in report.score.questions for check in question.checks}
    assert stood_in == {(), ("b1",)}


def test_two_functions_that_only_call_each_other_do_not_rescue_each_other(tmp_path, hurried, sandbox):
    (tmp_path / "conv_nets.py").write_text(B1_FLIPS, encoding="utf-8")
    job = Job(assignment=hurried, path=tmp_path, hidden=True, questions=("b1", "b9"))
    first, second = grade(job, sandbox=sandbox).score.questions
    assert first.points == 0  # flips the kernel, whatever convolution it calls
    assert second.points == second.out_of  # right, once its convolution is
