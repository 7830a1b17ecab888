"""Nothing that a submission prints, patches, forges or leaves running raises its score, and none of it is a fault of ours.

The hand-ins say in their first lines which verdict the question b1 must end in, and what they try. All of one level share a
warm sandbox and a warm judge, as in a batch: what one leaves behind would show in the next. Some run always, all of them, at each
level that this machine offers, with the slow tests.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.model import Job
from grader.pipeline import Warm

FOLDER = Path(__file__).resolve().parent.parent / "hand_ins" / "hostile" / "conv_nets"
ALL = sorted(path for path in FOLDER.iterdir() if path.name[0] not in "._")
EVERY_NTH = 8  # of them runs always
EXPECT = re.compile(r"# expect: ([a-z ]+)")
EXPECT_AT = re.compile(r"# expect at ([A-C, ]+): ([a-z ]+)")
REFERENCE = FOLDER.parents[3] / "reference" / "conv_nets" / "conv_nets.py"


@pytest.fixture(
    scope="module", params=["A", pytest.param("B", marks=pytest.mark.slow), pytest.param("C", marks=pytest.mark.slow)]
)
def warm(request):
    try:
        with Warm(isolation=request.param) as opened:
            yield opened
    except SandboxError as error:
        pytest.skip(f"this machine does not offer it: {error}")


def marked(number: int, path: Path):
    return pytest.param(path, id=path.name, marks=() if number % EVERY_NTH == 0 else pytest.mark.slow)


@pytest.mark.parametrize("path", [marked(number, path) for number, path in enumerate(ALL)])
def test_a_hostile_hand_in_gains_nothing_and_ends_in_its_verdict(path, hurried, warm):
    expected = expected_verdicts(path, warm.sandbox.walls.level)
    report = warm.grade(Job(assignment=hurried, path=path, hidden=True, questions=("b1",)))
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


def test_an_honest_hand_in_keeps_full_points_after_all_of_them(hurried, warm):
    report = warm.grade(Job(assignment=hurried, path=REFERENCE, hidden=True))
    assert not report.faults
    assert report.score.points == report.score.out_of


def expected_verdicts(path: Path, level: str) -> set[str]:
    text = text_of(path)
    found = EXPECT.search(text)
    assert found, f"{path.name} does not say what to expect"
    here = next((verdicts for levels, verdicts in EXPECT_AT.findall(text) if level in levels.split(", ")), found[1])
    return set(here.strip().split(" or "))


def text_of(path: Path) -> str:
    return (path if path.is_file() else path / "conv_nets.py").read_text(encoding="utf-8")
