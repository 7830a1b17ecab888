"""Nothing that a submission prints, patches, forges or leaves running raises its score, and none of it is a fault of ours.

The hand-ins say in their first lines which verdict the question b1 must end in, and what they try. All of one level share a
warm sandbox and a warm judge, and run two at a time, as in a batch: what one leaves behind would show in another. Some run
always; with the slow tests all of them at level A, and each at B or at C, where this machine offers them.
"""

from __future__ import annotations

import pickle
import re
from dataclasses import replace
from functools import cache, partial
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


@pytest.fixture(scope="module")
def reports(request, hurried, parts_a_to_c):
    """Return what came of all the hand-ins that are asked for at a level."""
    wanted = [item.callspec.params for item in request.session.items if item.path == Path(__file__)]

    @cache
    def at(level):
        paths = [each["path"] for each in wanted if each["level"] == level and each["path"] != REFERENCE]
        try:
            job = Job(assignment=hurried, path=REFERENCE, hidden=True, questions=("b1",))
            return _graded(paths, level, job, honest=replace(job, questions=parts_a_to_c))
        except SandboxError as error:
            return error

    return at


def _graded(paths, level, job, honest):
    """Grade them two at a time, as most of the time they only wait for a limit; then an honest one."""
    found, started = {}, 0
    with LocalWorkers(partial(warm, isolation=level, at_least="none"), slots=2) as workers:
        while len(found) < len(paths):
            while started < len(paths) and started - len(found) < workers.slots:
                workers.submit(started, replace(job, path=paths[started]))
                started += 1
            found |= {paths[each.number]: each for each in workers.wait(1.0)}
        workers.submit(started, honest)
        while not (ended := workers.wait(1.0)):
            continue
    return found | {REFERENCE: ended[0]}


def report_of(ended):
    assert ended.answer is not None, ended.lost
    return pickle.loads(ended.answer)


def cases():
    """Yield every hand-in at level A, and each at B or at C; some of those at A run always. An honest one ends each level."""
    for level, numbers in (("A", range(len(ALL))), ("B", range(0, len(ALL), 2)), ("C", range(1, len(ALL), 2))):
        for number in numbers:
            always = level == "A" and number % EVERY_NTH == 0
            yield pytest.param(level, ALL[number], id=f"{level}-{ALL[number].name}", marks=() if always else pytest.mark.slow)
        yield pytest.param(level, REFERENCE, id=f"{level}-honest", marks=() if level == "A" else pytest.mark.slow)


@pytest.mark.parametrize(("level", "path"), list(cases()))
def test_a_hand_in_ends_in_its_verdict_and_a_hostile_one_gains_nothing(path, level, reports):
    found = reports(level)
    if isinstance(found, SandboxError):
        pytest.skip(f"this machine does not offer it: {found}")
    report = report_of(found[path])
    if path == REFERENCE:
        assert not report.faults
        assert report.score.points == report.score.out_of
        return
    expected = expected_verdicts(path, level)
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


def expected_verdicts(path: Path, level: str) -> set[str]:
    text = text_of(path)
    found = EXPECT.search(text)
    assert found, f"{path.name} does not say what to expect"
    here = next((verdicts for levels, verdicts in EXPECT_AT.findall(text) if level in levels.split(", ")), found[1])
    return set(here.strip().split(" or "))


def text_of(path: Path) -> str:
    return (path if path.is_file() else path / "conv_nets.py").read_text(encoding="utf-8")
