"""What a profile or a machine does not run is said to be not run, and costs nothing."""

from __future__ import annotations

import pytest

from grader.errors import CheckError
from grader.model import Profile, Verdict, Visibility

TRAINS = """
@question("a", full=True)
def check_trains(solution):
    "It takes long."
    assert_int(solution.a(), 1)


@question("a")
def check_answers(solution):
    "It is quick."
    assert_int(solution.a(), 1)
"""


def test_the_quick_profile_leaves_out_what_trains_for_long_and_says_how_to_run_it(bench):
    bench.set(TRAINS)
    left_out, ran = bench.judge("def a(): return 2", profile=Profile.QUICK).results
    assert (left_out.verdict, ran.verdict) == (Verdict.NOT_RUN, Verdict.FAIL)
    assert "--profile full" in left_out.message
    assert len(bench.last.calls) == 1


def test_the_full_profile_leaves_out_nothing(bench):
    bench.set(TRAINS)
    assert [result.verdict for result in bench.judge("def a(): return 2", profile=Profile.FULL).results] == [Verdict.FAIL] * 2


def test_a_question_for_a_gpu_is_not_run_and_its_submission_is_not_asked(bench):
    bench.set(
        """
        @question("a")
        def check_on_the_device(solution, device):
            "It needs a GPU."
            assert_int(solution.a(device), 1)
        """,
        questions={"a": 'kind = "gpu"'},
    )
    result = bench.only("def a(device): return 2")
    assert result.verdict is Verdict.NOT_RUN
    assert "CUDA" in result.message
    assert bench.last.calls == []


def test_checks_may_be_spread_over_files_and_keep_who_may_see_them(bench):
    bench.set(TRAINS)
    for name, check in (("checks_public_more.py", "check_more"), ("checks_hidden_more.py", "check_hidden")):
        text = (
            f"from grader.checks.marking import question\n@question('a')\ndef {check}(solution):\n    'Rule.'\n    solution.a()\n"
        )
        (bench.folder / name).write_text(text)
    found = {result.id: result.visibility for result in bench.judge("def a(): return 1", hidden=True).results}
    assert found == {
        "check_trains": Visibility.PUBLIC,
        "check_answers": Visibility.PUBLIC,
        "check_more": Visibility.PUBLIC,
        "check_hidden": Visibility.HIDDEN,
    }
    assert "check_hidden" not in {result.id for result in bench.judge("def a(): return 1").results}


SETTINGS = """
from hypothesis import settings
from grader.checks.profile import SETTINGS, small_examples

@question("a")
@small_examples
@given(x=st.integers())
def check_few(solution, x):
    "It takes the settings of all checks."
    solution.a()

@question("a")
@settings({base}, max_examples=3)
@given(x=st.integers())
def check_own(solution, x):
    "It begins with some settings."
    solution.a()
"""


def test_a_check_may_ask_for_fewer_examples(bench):
    bench.set(SETTINGS.format(base="SETTINGS"))
    assert [result.verdict for result in bench.judge("def a(): return 2").results] == [Verdict.PASS] * 2
    assert len(bench.last.calls) == 8 + 3


def test_a_check_with_hypothesis_settings_of_its_own_is_refused(bench):
    bench.set(SETTINGS.format(base="settings.get_profile('default')"))
    with pytest.raises(CheckError, match="check_own has Hypothesis settings of its own"):
        bench.judge("def a(): return 2")
