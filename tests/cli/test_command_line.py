"""The command line as a user has it: a process, its output, its exit code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
DEMO = ROOT / "tests" / "hand_ins" / "demo" / "conv_nets"


@pytest.fixture(scope="module", autouse=True)
def _own_state(tmp_path_factory):
    """Keep what `doctor` writes down out of the home folder of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.mktemp("state")))
        yield


def grade_py(*arguments, cwd=None, timeout_s=300, **environment):
    return subprocess.run(
        [sys.executable, str(ROOT / "grade.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=cwd or ROOT,
        env={**os.environ, **environment},
        timeout=timeout_s,
        check=False,
    )


def test_list_names_the_assignment_and_its_points():
    done = grade_py("list")
    assert done.returncode == 0
    assert "conv_nets" in done.stdout
    assert "130" in done.stdout
    assert "intro_to_training" in done.stdout


def test_check_of_a_right_hand_in_ends_with_0_and_writes_the_page(tmp_path):
    done = grade_py("check", "conv_nets", DEMO / "hana", "-q", "a1", "-q", "b1", "-q", "c1", "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "10 of 10 points" in done.stdout
    assert (tmp_path / "reports" / "hana" / "index.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_check_of_a_wrong_hand_in_ends_with_1_and_shows_the_counterexample(tmp_path):
    done = grade_py("check", "conv_nets", DEMO / "dora.py", "-q", "a4", "-o", tmp_path)
    assert done.returncode == 1
    assert "receptive_field([(1, 2), (2, 1)])" in done.stdout
    assert "from dora import receptive_field" in done.stdout


def test_grade_gives_the_report_as_data_on_stdout_and_nothing_else(tmp_path):
    done = grade_py("grade", "conv_nets", DEMO / "ivo.ipynb", "--json", "-o", tmp_path)
    assert done.returncode == 2  # cannot be read
    result = json.loads(done.stdout)
    assert result["schema"] == "grader/report/v1"
    assert result["score"]["points"] == 0
    assert result == json.loads((tmp_path / "reports" / "ivo" / "result.json").read_text(encoding="utf-8"))


def test_a_grading_below_full_marks_is_still_graded(tmp_path):
    done = grade_py("grade", "conv_nets", DEMO / "goran.py", "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "SyntaxError" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("check", "conv_nets", "no/such/file.py"), "there is nothing at"),
        (("check", "no_such_assignment", DEMO / "ada.py"), "there is no assignment 'no_such_assignment'"),
        (("check", "conv_nets", DEMO / "ada.py", "-q", "z9"), "has no question z9"),
        (("check", "a", "b", "c"), "not 3 words"),
        (("frobnicate",), "No such command"),
        (("check", "--wrong-option"), "No such option"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_what_is_wrong(arguments, words):
    done = grade_py(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_the_slug_may_be_left_out_where_there_is_one_assignment(tmp_path):
    done = grade_py("check", DEMO / "hana", "-q", "a1", "-o", tmp_path)
    assert done.returncode == 0, done.stderr


def test_doctor_says_what_is_there_and_how_submissions_are_kept_apart(tmp_path):
    (tmp_path / "caltech101").mkdir()
    (tmp_path / "CIFAR").mkdir()
    (tmp_path / "CIFAR" / "STAND_IN.json").write_text('{"seed": 0, "made_from": "noise"}')
    done = grade_py("doctor", "--data", tmp_path)
    assert done.returncode == 0
    assert "torch" in done.stdout
    assert "CIFAR (stand-in), Caltech101 (real)" in " ".join(done.stdout.split())
    assert "sandbox A" in done.stdout


def test_nothing_is_graded_behind_weaker_walls_than_doctor_found(tmp_path):
    state = tmp_path / "grader" / "walls.json"
    state.parent.mkdir()
    state.write_text('{"level": "B"}', encoding="utf-8")
    no_bubblewrap = {"PATH": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    done = grade_py("grade", "conv_nets", DEMO / "hana", "-o", tmp_path, **no_bubblewrap)
    assert done.returncode == 3
    said = " ".join(done.stdout.split())
    assert "cannot reach level B or stronger here" in said
    assert "apt-get install bubblewrap" in said
    assert "grade.py doctor" in said


def test_an_instructor_may_say_which_walls_are_enough(tmp_path):
    no_bubblewrap = {"PATH": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    done = grade_py("grade", "conv_nets", DEMO / "hana", "-o", tmp_path, "--at-least", "none", "--json", **no_bubblewrap)
    assert done.returncode == 0, done.stderr
    isolation = json.loads(done.stdout)["environment"]["isolation"]
    assert isolation.startswith(("C: ", "none: "))
    assert "not A: bubblewrap is not installed" in isolation


def test_doctor_writes_down_the_strongest_level_for_later(tmp_path):
    assert grade_py("doctor", XDG_STATE_HOME=str(tmp_path), PATH=str(tmp_path)).returncode == 0
    level = json.loads((tmp_path / "grader" / "walls.json").read_text(encoding="utf-8"))["level"]
    assert level in ("C", "none")  # no bubblewrap on that path


def test_the_templates_are_what_the_master_makes():
    done = grade_py("template", "conv_nets", "--check")
    assert done.returncode == 0, done.stdout


def test_every_verb_has_an_example_in_its_help():
    verbs = re.findall(r"^  (\w+)  ", grade_py("--help").stdout, re.MULTILINE)
    assert {"check", "demo", "doctor", "grade", "list", "validate"} <= set(verbs)
    for verb in verbs:
        assert "Example: python grade.py" in " ".join(grade_py(verb, "--help").stdout.split()), verb


def test_what_a_submission_prints_cannot_colour_or_forge_the_terminal(tmp_path):
    path = tmp_path / "conv_nets.py"
    path.write_text("raise ValueError('\\x1b[2J[bold]All right[/] \\u202e')\n", encoding="utf-8")
    done = grade_py("check", "conv_nets", path, "-q", "a1", "-o", tmp_path)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
    assert "[bold]All right[/]" in done.stdout


@pytest.mark.slow
def test_demo_grades_every_bundled_hand_in(tmp_path):
    done = grade_py("demo", "-o", tmp_path, timeout_s=900)
    assert done.returncode == 0, done.stderr
    for path in DEMO.iterdir():
        assert path.name in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("slug", "profile"),
    [("conv_nets", "full"), ("intro_to_training", "quick")],  # in full the latter trains a network for each variant of a loop
)
def test_an_assignment_is_fit_to_be_set(slug, profile, tmp_path):
    done = grade_py("validate", slug, "--profile", profile, timeout_s=3000, TMPDIR=str(tmp_path))
    assert done.returncode == 0, done.stdout[-4000:]
    assert "fit to be set" in done.stdout
    locks = {f"grader-turns-{os.getuid()}"}  # stay for whoever comes next
    assert {path.name for path in tmp_path.iterdir()} <= locks  # every worker has cleared up


@pytest.mark.slow
def test_an_author_may_run_the_checks_with_pytest():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "assignments/conv_nets", "--submission", str(DEMO / "dora.py"), "-k", "a4", "-q"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 1
    assert "failed" in done.stdout
    assert "check_receptive_field_is_what_a_real_network_sees" in done.stdout
    assert "deselected" in done.stdout
