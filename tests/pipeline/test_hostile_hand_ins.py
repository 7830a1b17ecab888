"""Nothing that a submission prints, patches, forges or leaves running raises its score, and none of it is a fault of ours.

The hand-ins say in their first lines which verdict the question b1 must end in, and what they try. All of one level share a
warm sandbox and a warm judge, and run two at a time, as in a batch: what one leaves behind would show in another. Some run
always, all of them, at each level that this machine offers, with the slow tests.
"""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from grader.batch.warming import warm
from grader.errors import SandboxError
from grader.model import Job
from grader.schedule.local import LocalWorkers

FOLDER = Path(__file__).resolve().parent.parent / "hand_ins" / "hostile" / "conv_nets"
ALL = sorted(path for path in FOLDER.iterdir() if path.name[0] not in "._")
EVERY_NTH = 16  # of them runs always
EXPECT = re.compile(r"# expect: ([a-z ]+)")
EXPECT_AT = re.compile(r"# expect at ([A-C, ]+): ([a-z ]+)")
REFERENCE = FOLDER.parents[3] / "reference" / "conv_nets" / "conv_nets.py"


@pytest.fixture(
    scope="module", params=["A", pytest.param("B", marks=pytest.mark.slow), pytest.param("C", marks=pytest.mark.slow)]
)
def level(request):
    return request.param


@pytest.fixture(scope="module")
def reports(request, level, hurried):
    """Grade what is asked for at one level, two at a time: most of the time they only wait for a limit."""
    paths = [item.callspec.params["path"] for item in request.session.items if _is_of(item, level)]
    job = Job(assignment=hurried, path=REFERENCE, hidden=True, questions=("b1",))
    found = {}
    with LocalWorkers(partial(warm, isolation=level, at_least="none"), slots=2) as workers:
        todo = dict(enumerate(paths))
        for number in list(todo)[: workers.slots]:
            workers.submit(number, replace(job, path=paths[number]))
        while todo:
            try:
                ended = workers.wait(1.0)
            except SandboxError as error:
                pytest.skip(f"this machine does not offer it: {error}")
            for each in ended:
                found[todo.pop(each.number)] = each
                following = len(paths) - len(todo) + workers.slots - 1
                if following < len(paths):
                    workers.submit(following, replace(job, path=paths[following]))
        workers.submit(len(paths), replace(job, questions=()))
        while not (ended := workers.wait(1.0)):
            continue
        found[REFERENCE] = ended[0]
    return found


def _is_of(item, level):
    return getattr(item, "originalname", "") == "test_a_hostile_hand_in_gains_nothing_and_ends_in_its_verdict" and (
        item.callspec.params["level"] == level
    )


def report_of(ended):
    assert ended.answer is not None, ended.lost
    return pickle.loads(ended.answer)


def marked(number: int, path: Path):
    return pytest.param(path, id=path.name, marks=() if number % EVERY_NTH == 0 else pytest.mark.slow)


@pytest.mark.parametrize("path", [marked(number, path) for number, path in enumerate(ALL)])
def test_a_hostile_hand_in_gains_nothing_and_ends_in_its_verdict(path, level, reports):
    expected = expected_verdicts(path, level)
    report = report_of(reports[path])
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


def test_an_honest_hand_in_keeps_full_points_after_all_of_them(reports):
    report = report_of(reports[REFERENCE])
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
