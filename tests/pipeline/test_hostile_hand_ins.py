"""Nothing that a submission prints, patches, forges or leaves running raises its score, and none of it is a fault of ours.

The hand-ins say in their first lines which verdict the question b1 must end in and what they try. Each gets a sandbox of its
own, as in grading. Some run always, all of them with the slow tests.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.pipeline import Job, grade

FOLDER = Path(__file__).resolve().parent.parent / "hand_ins" / "hostile" / "conv_nets"
ALL = sorted(path for path in FOLDER.iterdir() if path.name[0] not in "._")
EVERY_NTH = 8  # of them runs always
EXPECT = re.compile(r"# expect: ([a-z ]+)")


def marked(number: int, path: Path):
    return pytest.param(path, id=path.name, marks=() if number % EVERY_NTH == 0 else pytest.mark.slow)


@pytest.mark.parametrize("path", [marked(number, path) for number, path in enumerate(ALL)])
def test_a_hostile_hand_in_gains_nothing_and_ends_in_its_verdict(path, hurried):
    expected = expected_verdicts(path)
    report = grade(Job(assignment=hurried, path=path, hidden=True, questions=("b1",)))
    (question,) = report.score.questions
    messages = [(check.id, check.verdict, check.message) for check in question.checks]
    assert not report.faults, report.faults
    assert question.verdict in expected, messages
    if question.verdict == "pass":
        assert question.points == question.out_of
    elif "The answer is right" not in text_of(path):
        assert question.points == 0, messages
    else:
        assert question.points < question.out_of, messages


def expected_verdicts(path: Path) -> set[str]:
    found = EXPECT.search(text_of(path))
    assert found, f"{path.name} does not say what to expect"
    return set(found[1].strip().split(" or "))


def text_of(path: Path) -> str:
    return (path if path.is_file() else path / "conv_nets.py").read_text(encoding="utf-8")
