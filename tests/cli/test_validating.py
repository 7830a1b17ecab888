"""`validate` over a small assignment of its own: what it prints, what it complains about, and what it need not ask."""

from __future__ import annotations

import json
import re
from functools import partial

import pytest

from grader.batch.warming import warm
from grader.cli.templating import write_template
from grader.cli.validating import Wish, validate_by
from grader.errors import SpecError
from grader.model import Profile
from grader.schedule.local import LocalWorkers
from grader.specs import read_assignment

SPECIFICATION = """
title = "Two small functions"

[[question]]
id = "a1"
title = "Double a number"
points = 4
names = ["double"]

[[question]]
id = "a2"
title = "Halve a number, rounded down"
points = 6
names = ["halve"]
"""
HEAD = "from grader.checks.comparing import assert_int\nfrom grader.checks.marking import question\nimport pytest\n"
PUBLIC = '''
@question("a1")
def check_double(solution):
    """Twice the number."""
    assert_int(solution.double(3), 6)

@pytest.mark.parametrize("number", [8, 9], ids=["even", "odd"])
@question("a2")
def check_halve(solution, number):
    """Half of a number, rounded down."""
    assert_int(solution.halve(number), number // 2)
'''
HIDDEN = '''
@question("a2")
def check_halve_below_zero(solution):
    """Half of a negative number, rounded down."""
    assert_int(solution.halve(-3), -2)
'''
REFERENCE = '''# %% [markdown]
# # Two small functions

# %% solution
def _sum(x, y):
    return x + y


# %%
def double(n: int) -> int:
    """Return twice the number."""
    return _sum(n, n)


# %%
def halve(n: int) -> int:
    """Return half of the number, rounded down."""
    return n // 2
'''
VARIANTS = {
    "a1_squared": "def double(n):\n    return n * n",
    "a2_truncated": "def halve(n):\n    return int(n / 2)",
    "a2_rounded_up": "def halve(n):\n    return -(-n // 2) if n > 0 else n // 2",
    "a2_even_numbers_kept": "def halve(n):\n    return n // 2 if n % 2 else n",
}


def without(name):
    return {variant: text for variant, text in VARIANTS.items() if variant != name}


@pytest.fixture(scope="module")
def workers():
    with LocalWorkers(partial(warm, isolation="auto", at_least="none"), slots=2) as warm_workers:
        yield warm_workers


class Course:
    """A course with one small assignment, which can be spoiled in many ways."""

    def __init__(self, root, workers, capsys):
        self.root, self.folder = root, root / "assignments" / "small"
        self.reference = root / "reference" / "small"
        self.folder.mkdir(parents=True)
        (self.reference / "wrong").mkdir(parents=True)
        self._workers, self._capsys = workers, capsys
        self.set()

    def set(self, *, specification=SPECIFICATION, public=PUBLIC, hidden=HIDDEN, reference=REFERENCE, variants=VARIANTS):
        (self.folder / "assignment.toml").write_text(specification)
        (self.folder / "checks_public.py").write_text(HEAD + public)
        (self.folder / "checks_hidden.py").write_text(HEAD + hidden)
        (self.reference / "small.py").write_text(reference)
        for path in (self.reference / "wrong").iterdir():
            path.unlink()
        for name, text in variants.items():
            (self.reference / "wrong" / f"{name}.py").write_text(text + "\n")
        write_template(self.root, self.assignment, only_check=False)
        self._capsys.readouterr()

    def add(self, **variants):
        self.set(variants={**VARIANTS, **variants})

    @property
    def assignment(self):
        return read_assignment(self.root / "assignments", "small")

    def validate(self, **how):
        """Return whether the assignment is fit, and what was printed."""
        fit = validate_by(self._workers, self.root, self.assignment, Wish(**how))
        return fit, self._capsys.readouterr().out

    def complaints(self, **how):
        fit, printed = self.validate(**how)
        found = re.search(r"(\d+) complaints\n(.*)", printed, re.DOTALL)
        assert (found is None) == fit
        lines = re.findall(r"(?m)^  (\S.*)$", found[2]) if found else []
        assert not found or int(found[1]) == len(lines)
        return lines


@pytest.fixture
def course(tmp_path, workers, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    return Course(tmp_path, workers, capsys)


def row_of(printed, name):
    """Return the cells of the first row of a table that starts with a name or holds it in the second column."""
    for line in printed.splitlines():
        cells = [cell.strip() for cell in line.strip("│").split("│")]
        if name in cells[:2]:
            return cells
    raise AssertionError(f"{name} is in no table")


def test_a_fit_assignment_has_a_matrix_and_no_complaint(course):
    fit, printed = course.validate()
    assert fit, printed
    assert row_of(printed, "reference small.ipynb")[1] == "nothing"
    assert row_of(printed, "template small.py")[1] == "everything"
    assert row_of(printed, "a2_truncated") == ["a2_truncated", "a2", "check_halve_below_zero"]
    assert row_of(printed, "check_halve[odd]") == ["a2", "check_halve[odd]", "1", "a2_rounded_up"]
    assert "4 known-wrong variants, each caught by its own question alone; 4 checks, each with a variant" in printed


def test_a_check_that_catches_nothing_is_named_with_its_question(course):
    course.set(variants=without("a2_truncated"))
    (complaint,) = course.complaints()
    assert complaint.startswith("a2: check_halve_below_zero catches none of the known-wrong variants; ")


def test_a_check_that_catches_nothing_alone_is_named_with_what_shadows_it(course):
    course.set(variants={**without("a2_truncated"), "a2_rounded_up": "def halve(n):\n    return -(-n // 2)"})
    complaints = course.complaints()
    assert [complaint.partition(";")[0] for complaint in complaints] == [
        "a2: check_halve[odd] catches nothing alone: every variant that it catches is also caught by check_halve_below_zero",
        "a2: check_halve_below_zero catches nothing alone: every variant that it catches is also caught by check_halve[odd]",
    ]


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a1_right", "def double(n):\n    return n + n", "loses nothing and must lose a1 alone"),
        ("a1_other", "def halve(n):\n    return 7", "loses a2 and must lose a1 alone"),
        ("a1_both", "def double(n):\n    return n\n\ndef halve(n):\n    return 7", "loses a1, a2 and must lose a1 alone"),
        ("a1_far", "import builtins\nbuiltins.int = 1\n\ndef double(n):\n    return n\n\nhalve = int", "loses a1, a2 and must"),
    ],
)
def test_a_variant_that_does_not_lose_its_own_question_alone_is_named(course, name, text, complaint):
    course.add(**{name: text})
    (found,) = course.complaints()
    assert found.startswith(f"{name}: {complaint}")


def test_a_helper_that_a_variant_binds_again_is_found_in_the_other_questions_that_use_it(course):
    shared = REFERENCE.replace("return n // 2", "return _sum(n, -n) + n // 2")
    course.set(reference=shared, variants={**VARIANTS, "a1_helper": "def _sum(x, y):\n    return x - y"})
    (complaint,) = course.complaints()
    assert complaint == "a1_helper: loses a1, a2 and must lose a1 alone"


def test_the_quick_profile_leaves_long_checks_out_and_what_they_alone_catch_in_peace(course):
    course.set(hidden=HIDDEN.replace('@question("a2")', '@question("a2", full=True)'))
    fit, printed = course.validate(profile=Profile.QUICK)
    assert fit, printed
    assert "not run here: check_halve_below_zero: it trains for long" in printed
    assert row_of(printed, "a2_truncated")[1:] == ["", ""]
    fit, printed = course.validate()
    assert fit, printed
    assert row_of(printed, "a2_truncated")[1:] == ["a2", "check_halve_below_zero"]


def test_a_reference_that_loses_points_is_named(course):
    course.set(reference=REFERENCE.replace("n // 2", "n // 3"))
    complaints = course.complaints()
    assert [each for each in complaints if each.startswith("reference")] == [
        "reference small.py: loses a2 and must lose nothing",
        "reference small.ipynb: loses a2 and must lose nothing",
    ]


def test_a_reference_that_does_not_run_to_its_end_is_named(course):
    course.set(reference=REFERENCE + "\n\n# %%\n1 / 0\n")
    complaints = course.complaints()
    assert [each for each in complaints if each.startswith("reference small.py")] == [
        "reference small.py: it does not run from top to bottom: ZeroDivisionError: division by zero"
    ]


def test_a_template_that_earns_points_is_named(course):
    easy = PUBLIC.replace("assert_int(solution.double(3), 6)", "assert solution")
    course.set(public=easy)
    complaints = course.complaints()
    assert "template small.py: earns 4 points and must earn none" in complaints
    assert any(each.startswith("a1: check_double catches none") for each in complaints)


def test_files_that_are_not_what_their_master_makes_are_named(course):
    (course.root / "student_template" / "small" / "small.py").write_text("pass\n")
    complaints = course.complaints()
    assert "student_template/small/small.py is not what its master makes; run `python grade.py template small`" in complaints


def test_a_check_that_fails_by_itself_is_named_as_a_fault(course):
    course.set(hidden=HIDDEN.replace("assert_int(", "assert_integer("))
    fit, printed = course.validate()
    assert not fit
    assert "  reference small.py: fault: the check itself failed (NameError)" in printed
    assert "      NameError: name 'assert_integer' is not defined" in printed


def test_a_variant_of_no_question_and_one_that_is_no_python_stop_it(course):
    course.add(z9_unknown="def double(n):\n    return n")
    with pytest.raises(SpecError, match="small has no question 'z9'"):
        course.validate()
    course.add(a1_broken="def double(n:")
    with pytest.raises(SpecError, match=r"a1_broken\.py is no Python"):
        course.validate()


GPU = """
[[question]]
id = "g1"
title = "Double a number on a GPU"
kind = "gpu"
points = 2
names = ["double_there"]
"""
GPU_CHECK = '''
@question("g1")
def check_double_there(solution, device):
    """Twice the number."""
    assert_int(solution.double_there(3), 6)
'''


def test_what_needs_a_device_that_is_not_here_is_said_and_not_complained_about(course):
    course.set(
        specification=SPECIFICATION + GPU,
        public=PUBLIC + GPU_CHECK,
        reference=REFERENCE
        + '\n\n# %%\ndef double_there(n: int) -> int:\n    """Return twice the number."""\n    return 2 * n\n',
        variants={**VARIANTS, "g1_kept": "def double_there(n):\n    return n"},
    )
    fit, printed = course.validate()
    assert fit, printed
    assert "not run here: check_double_there: it needs a CUDA device" in printed
    assert row_of(printed, "g1_kept") == ["g1_kept", "", ""]


def test_only_the_wanted_questions_are_asked(course):
    course.add(a1_right="def double(n):\n    return n + n")
    fit, printed = course.validate(questions=("a2",))
    assert fit, printed
    assert "a1_squared" not in printed
    assert "3 known-wrong variants" in printed


def test_what_variants_answer_is_written_down_when_wanted(course):
    path = course.reference / "misconceptions.json"
    course.validate()
    assert not path.exists()
    course.validate(write_misconceptions=True)
    known = json.loads(path.read_text())["known"]
    assert {"check": "check_double", "call": "double(3)", "got": "9", "name": "squared"} in known


def test_asking_everything_comes_to_the_same_as_asking_what_a_variant_can_change(course):
    course.set(
        reference=REFERENCE.replace("return n // 2", "return _sum(n, -n) + n // 2"),
        variants={
            **VARIANTS,
            "a1_helper": "def _sum(x, y):\n    return x - y",
            "a1_import": "import math\n\ndef double(n):\n    return math.prod((n, 3))",
            "a1_at_the_top": "print('loaded')\n\ndef double(n):\n    return n",
            "a2_alias": "_right = halve\n\ndef halve(n):\n    return _right(n) + 1",
        },
    )
    assert course.validate() == course.validate(ask_all=True)


def test_what_a_variant_cannot_change_is_not_asked(course, tmp_path):
    asked = tmp_path / "asked"
    counted = PUBLIC.replace(
        "    assert_int(solution.double(3), 6)",
        f'    open({str(asked)!r}, "a").write(".")\n    assert_int(solution.double(3), 6)',
    )
    course.set(public=counted)
    course.validate()
    few = len(asked.read_text())
    asked.unlink()
    course.validate(ask_all=True)
    assert few == 4 + 1  # own cases and the variant of a1
    assert len(asked.read_text()) == 4 + len(VARIANTS)
