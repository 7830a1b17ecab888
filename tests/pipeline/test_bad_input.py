"""Bad input ends as the right verdict with a message that says what to do, and never as a traceback of ours."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import pytest

from grader.model import Job, Verdict
from grader.pipeline import grade
from grader.report.result_json import result_of

A1 = "def conv_param_count(in_channels, filters, kernel):\n    return filters * in_channels * kernel**2, filters\n"


def graded(tmp_path, assignment, sandbox, source, *, name="conv_nets.py", questions=("a1",)):
    path = tmp_path / name
    path.write_text(source, encoding="utf-8")
    return grade(Job(assignment=assignment, path=path, hidden=True, questions=questions), sandbox=sandbox)


def verdict_of(report):
    (question,) = report.score.questions
    return question.verdict


@pytest.mark.parametrize(
    ("source", "verdict", "words"),
    [
        ("x = 1\n", Verdict.MISSING, "not defined"),
        ("def conv_param_count(*args):\n    pass\n", Verdict.FAIL, "None came where a tuple should"),
        ("def conv_param_count(i, f, k):\n    return [f * i * k**2, f]\n", Verdict.FAIL, "list"),
        ("def conv_param_count(i, f, k):\n    return f * i / k, f\n", Verdict.FAIL, "float"),
        ("def conv_param_count(i, f, k):\n    return {}['x']\n", Verdict.ERROR, "KeyError"),
        ("def conv_param_count(i, f, k):\n    while True:\n        pass\n", Verdict.TIMEOUT, "no answer within 3 s"),
        ("import os\nos._exit(0)\n", Verdict.CRASH, "exit code 0"),
        ("import sys\nsys.exit(0)\n" + A1, Verdict.MISSING, "not defined"),
        (A1 + "import sys\nsys.exit(1)\n", Verdict.PASS, ""),
        (A1 + "1 / 0\n", Verdict.PASS, ""),
        (
            "class Odd(dict):\n    def items(self):\n        raise SystemExit\n\n\n"
            "def conv_param_count(*args):\n    return Odd(a=1)\n",
            Verdict.ERROR,
            "SystemExit",
        ),
        ("def conv_param_count(:\n", Verdict.MISSING, "not defined"),
        ("def conv_param_count(i, f, k):\n    import ctypes\n    ctypes.string_at(0)\n", Verdict.CRASH, "SIGSEGV"),
        ("def conv_param_count(i, f, k):\n    return bytearray(10**11)\n", Verdict.MEMORY, "MemoryError"),
        ("import sys\n" + A1 + "sys.stdout.write('x' * 200_000_000)\n", Verdict.PASS, ""),
        ("import warnings\nwarnings.warn('careful')\nprint('PASSED')\n" + A1, Verdict.PASS, ""),
    ],
)
def test_whatever_the_code_does_wrong_becomes_its_verdict(tmp_path, hurried, sandbox, source, verdict, words):
    report = graded(tmp_path, hurried, sandbox, source)
    (question,) = report.score.questions
    assert not report.faults
    assert question.verdict is verdict
    assert any(words in check.message for check in question.checks)


def test_an_exception_shows_the_students_own_lines_only(tmp_path, hurried, sandbox):
    source = "def helper(x):\n    return x.no_such_thing\n\n\ndef conv_param_count(i, f, k):\n    return helper(i)\n"
    report = graded(tmp_path, hurried, sandbox, source)
    trace = report.score.questions[0].checks[0].traceback
    assert trace.splitlines() == [
        "conv_nets.py, line 6, in conv_param_count",
        "    return helper(i)",
        "conv_nets.py, line 2, in helper",
        "    return x.no_such_thing",
    ]


def test_a_lost_call_is_the_counterexample_and_not_one_that_was_shrunk_afterwards(tmp_path, hurried, sandbox):
    source = (
        "import time\n\n\ndef conv_param_count(i, f, k):\n    if k > 2:\n        time.sleep(60)\n    return f * i * k**2, f\n"
    )
    report = graded(tmp_path, hurried, sandbox, source)
    lost = next(check for check in report.score.questions[0].checks if check.verdict is Verdict.TIMEOUT)
    kernel = int(lost.counterexample.call.removesuffix(")").split(", ")[-1])
    assert kernel > 2


def test_the_expected_value_is_shown_also_where_nothing_came_back(tmp_path, hurried, sandbox):
    source = "def conv_param_count(i, f, k):\n    raise RuntimeError('no idea')\n"
    report = graded(tmp_path, hurried, sandbox, source)
    found = report.score.questions[0].checks[0].counterexample
    assert found.call == "conv_param_count(1, 1, 1)"
    assert found.expected == "(1, 1)"
    assert "no idea" in found.got


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("conv_nets.ipynb", b"{"),
        ("conv_nets.ipynb", b""),
        ("conv_nets.zip", b"PK\x03\x04 broken"),
        ("conv_nets.tar.gz", b"\x1f\x8b broken"),
        ("conv_nets.py", b"\xff\xfe\x00"),
    ],
)
def test_an_unreadable_submission_is_a_report_with_its_reason(tmp_path, conv_nets, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    report = grade(Job(assignment=conv_nets, path=path, hidden=True))
    assert report.unreadable
    assert report.score.points == 0
    assert report.score.complete
    assert not report.faults


def test_a_missing_sandbox_is_a_fault_and_costs_no_points(tmp_path, conv_nets, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no bwrap here
    path = tmp_path / "conv_nets.py"
    path.write_text(A1, encoding="utf-8")
    report = grade(Job(assignment=conv_nets, path=path, hidden=True, isolation="A"))
    assert report.faults
    assert not report.score.complete
    assert all(question.verdict is Verdict.FAULT for question in report.score.questions)
    assert "doctor" in report.faults[0].message


def test_the_same_submission_graded_twice_gives_the_same_result_but_for_times(root, conv_nets):
    path = root / "tests" / "hand_ins" / "demo" / "conv_nets" / "dora.py"
    questions = ("a4", "b2", "b5", "d4", "f2")
    job = Job(assignment=conv_nets, path=path, hidden=True, seed=3, questions=questions)
    first, second = (result_of(grade(job)) for _ in range(2))
    assert without_times(first) == without_times(second)


def without_times(value):
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if not key.endswith("_s") and key != "timing"}
    return [without_times(item) for item in value] if isinstance(value, list) else value


def test_a_zip_with_a_helper_beside_the_main_file_runs(tmp_path, hurried, sandbox):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("ada/conv_nets.py", "from counting import conv_param_count\n")
        archive.writestr("ada/counting.py", A1)
    path = tmp_path / "ada.zip"
    path.write_bytes(data.getvalue())
    report = grade(Job(assignment=hurried, path=path, hidden=True, questions=("a1",)), sandbox=sandbox)
    assert verdict_of(report) is Verdict.PASS


def test_provided_code_is_the_graders_own_whatever_is_handed_in(tmp_path, hurried, sandbox):
    folder = tmp_path / "ada"
    folder.mkdir()
    (folder / "provided.py").write_text("raise SystemError('mine')\n", encoding="utf-8")
    (folder / "conv_nets.py").write_text("from provided import set_seed\nset_seed(3)\n" + A1, encoding="utf-8")
    report = grade(Job(assignment=hurried, path=folder, hidden=True, questions=("a1",)), sandbox=sandbox)
    assert not report.loading.incidents
    assert verdict_of(report) is Verdict.PASS


def test_a_submission_has_its_total_time_and_no_more(tmp_path, hurried, sandbox):
    short = replace(hurried, limits=replace(hurried.limits, total_s=1.0, losses_per_question=5, losses=50))
    source = "import time\n\n\ndef conv_param_count(i, f, k):\n    time.sleep(0.4)\n    return f * i * k**2, f\n"
    report = graded(tmp_path, short, sandbox, source)
    assert verdict_of(report) is Verdict.TIMEOUT
    assert report.timing.wall_s < 20


@pytest.mark.parametrize("isolation", ["auto", "none"])
def test_both_kinds_of_sandbox_give_the_same_verdicts_and_say_which_they_are(root, hurried, isolation):
    path = root / "tests" / "hand_ins" / "demo" / "conv_nets" / "chen.py"
    report = grade(Job(assignment=hurried, path=path, hidden=True, questions=("c1", "c2"), isolation=isolation))
    assert [q.verdict for q in report.score.questions] == [Verdict.FAIL, Verdict.PASS]
    said = report.environment.isolation
    assert said.startswith(("A: ", "B: ", "C: ")) or "it runs with the rights of whoever started grading" in said
    assert isolation == "auto" or said.startswith("none: ")
    assert isolation == "none" or said.startswith(("A: ", "B: ", "C: ")) or "not A: " in said  # and if not, why not


def test_nothing_of_a_plain_runner_is_left_behind(tmp_path, conv_nets, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", None)  # so that TMPDIR is read again
    path = tmp_path / "conv_nets.py"
    path.write_text(A1 + "open('note.txt', 'w').write('here')\n", encoding="utf-8")
    report = grade(Job(assignment=conv_nets, path=path, hidden=False, questions=("a1",), isolation="none"))
    assert verdict_of(report) is Verdict.PASS
    # The locks by which all gradings on a machine take turns stay where they are.
    assert [path for path in (tmp_path / "scratch").iterdir() if not path.name.startswith("grader-turns-")] == []
