"""A warm sandbox and a warm judge: each submission has fresh forks of both; what happens to them is never the student's zero."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import pytest

from grader import pipeline
from grader.model import Job, Verdict
from grader.pipeline import Warm

A1 = "def conv_param_count(in_channels, filters, kernel):\n    return filters * in_channels * kernel**2, filters\n"


@pytest.fixture(scope="module")
def warm():
    with Warm() as opened:
        yield opened


@pytest.fixture
def job(tmp_path, hurried):
    path = tmp_path / "conv_nets.py"
    path.write_text(A1, encoding="utf-8")
    return Job(assignment=hurried, path=path, hidden=True, questions=("a1",))


def test_a_submission_is_graded_in_forks_and_the_report_comes_back(warm, job):
    report = warm.grade(job)
    assert [q.verdict for q in report.score.questions] == [Verdict.PASS]
    assert report.environment.isolation == warm.sandbox.description


def test_a_judge_that_dies_is_a_fault_and_no_zero(warm, job, monkeypatch):
    monkeypatch.setattr(pipeline, "run_checks", lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL))
    report = warm.grade(job)
    assert "the judge ended with exit code -9" in report.faults[0].message
    assert not report.score.complete
    assert [q.verdict for q in report.score.questions] == [Verdict.FAULT]


def test_a_judge_that_breaks_is_a_fault_and_no_zero(warm, job, monkeypatch):
    monkeypatch.setattr(pipeline, "run_checks", lambda *args, **kwargs: {}["missing"])
    report = warm.grade(job)
    assert report.faults
    assert not report.score.complete


def test_the_next_one_is_graded_after_the_warm_process_was_killed(warm, job):
    warm.sandbox._zygote._process.kill()
    warm.sandbox._zygote._process.wait()
    assert [q.verdict for q in warm.grade(job).score.questions] == [Verdict.PASS]


def test_an_unreadable_file_is_a_report_from_a_warm_judge_too(warm, job, tmp_path):
    path = tmp_path / "conv_nets.ipynb"
    path.write_bytes(b"no notebook")
    report = warm.grade(replace(job, path=path))
    assert report.unreadable
    assert not report.faults
