"""Notebooks as students hand them in earn what a person would give, and the report says what was mended or left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model import Job
from grader.pipeline import grade
from tests.notebooks.making import made, samples

SAMPLES = samples()
QUICK = ("a1", "a2", "a3", "a5", "b4")  # they take little time, and the samples lose points in them alone
PARTS = ("A", "B", "C")
IN_JUPYTER = {
    *("cells_that_raise", "asks_for_input", "colab_export", "run_in_another_order", "libraries_that_are_not_installed"),
    "windows_on_a_screen",
}


@pytest.fixture
def report_of(tmp_path, conv_nets, request):
    """Return what grades a sample."""

    def grade_sample(sample, questions, engine="shell"):
        path = tmp_path / sample.file_name
        path.write_bytes(made(sample))
        patient = replace(conv_nets, limits=replace(conv_nets.limits, load_s=300.0, call_s=60.0, question_s=300.0))
        job = Job(assignment=patient, path=path, hidden=True, questions=questions, notebook_engine=engine)
        sandbox = request.getfixturevalue("sandbox_with_data" if sample.needs_data else "sandbox")
        return grade(job, sandbox=sandbox)

    return grade_sample


def assert_as_a_person_would(report, sample):
    """The points are exact; each sentence that was announced is there, and no error that was not."""
    assert not report.faults
    assert not report.unreadable
    for question in report.score.questions:
        lost = question.question.id in sample.lost
        assert question.points == (0 if lost else question.out_of), (question.question.id, question.verdict, question.checks)
    told = [incident.message for incident in report.loading.incidents]
    assert len(told) == len(sample.incidents), told
    for expected, messages in ((sample.incidents, told), (sample.notes, report.loading.notes), (sample.repairs, report.repairs)):
        for part, message in zip(expected, _matching(expected, messages), strict=True):
            assert part in message, messages


def _matching(expected, messages):
    """Return the messages that hold the parts, in this order; the last messages where too few do."""
    left = iter(messages)
    return [next((message for message in left if part in message), "nothing") for part in expected]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_notebook_in_the_wild_earns_what_a_person_would_give(sample, report_of):
    assert_as_a_person_would(report_of(sample, QUICK), sample)


@pytest.mark.slow
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_so_it_does_in_all_parts(sample, report_of, conv_nets):
    questions = tuple(question.id for question in conv_nets.questions if question.id[0].upper() in PARTS)
    assert_as_a_person_would(report_of(sample, questions), sample)


@pytest.mark.slow
@pytest.mark.parametrize("sample", [each for each in SAMPLES if each.name in IN_JUPYTER], ids=lambda sample: sample.name)
def test_a_real_jupyter_kernel_gives_the_same(sample, report_of):
    assert_as_a_person_would(report_of(sample, QUICK, "jupyter"), sample)


def test_the_samples_are_many_and_their_files_are_what_they_say():
    assert len(SAMPLES) >= 25
    assert {sample.name for sample in SAMPLES} >= IN_JUPYTER
    sizes = {sample.name: len(made(sample)) for sample in SAMPLES}
    assert sizes["outputs_of_20_mb"] > 20_000_000
