"""Each way in which a check can end is told as what it is, and a wrong check file stops grading."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest

from grader.errors import CheckError
from grader.model import Verdict, Visibility
from grader.scoring import score_of
from grader.specs import read_assignment

DOUBLE = '''
    @question("a")
    @given(x=st.integers(0, 1000))
    def check_double(solution, x):
        """It is twice
        as much."""
        assert_int(solution.a(x), 2 * x)
'''


def asked(bench):
    """Return the first argument of every call of the last run."""
    return [args[0] for _, args, _ in bench.last.calls]


def test_a_check_that_finds_nothing_wrong_passes(bench):
    bench.set(DOUBLE)
    result = bench.only("def a(x): return x + x")
    assert (result.verdict, result.fraction, result.message, result.counterexample) == (Verdict.PASS, 1.0, "", None)
    assert (result.id, result.question, result.visibility) == ("check_double", "a", Visibility.PUBLIC)
    assert result.rule == "It is twice as much."
    assert result.wall_s > 0
    assert len(bench.last.calls) == 25


def test_a_check_that_finds_something_wrong_shows_the_smallest_counterexample(bench):
    bench.set(DOUBLE)
    result = bench.only("def a(x): return 2 * x if x < 17 else 0")
    assert (result.verdict, result.fraction, result.message) == (Verdict.FAIL, 0.0, "0 came where 34 should")
    found = result.counterexample
    assert (found.call, found.expected, found.got) == ("a(17)", "34", "0")
    assert result.reproduce == "from tiny import a\n\nprint(a(17))"
    assert result.stood_in == ()


def test_a_function_that_raises_is_an_error_with_the_smallest_call_that_raises(bench):
    bench.set(DOUBLE)
    result = bench.only("def a(x):\n    if x > 3: raise KeyError('no')\n    return 2 * x")
    assert (result.verdict, result.fraction, result.message) == (Verdict.ERROR, 0.0, "KeyError: 'no'")
    found = result.counterexample
    assert (found.call, found.expected, found.got) == ("a(4)", "an answer, and no exception", "KeyError: 'no'")
    assert result.traceback == "line 1"
    assert result.reproduce.endswith("print(a(4))")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("return 2 * x", "8"),
        ("raise ValueError('too much')", "ValueError: too much"),
        ("return 1 / 0", "an answer, and no exception"),
        ("return x.shape", "an answer, and no exception"),
        ("return x[0]", "an answer, and no exception"),
        ("assert x < 3", "an answer, and no exception"),
        ("raise RuntimeError", "an answer, and no exception"),
    ],
)
def test_where_no_answer_came_the_judges_own_function_says_what_it_should_have_been(bench, answer, expected):
    bench.set(DOUBLE, stand_ins=f"def a(x):\n    {answer}\nSTAND_INS = {{'a': a}}")
    findings = bench.judge("def a(x):\n    if x > 3: raise KeyError('no')\n    return 2 * x")
    assert (findings.results[0].verdict, findings.faults) == (Verdict.ERROR, ())
    assert findings.results[0].counterexample.expected == expected


def test_a_name_that_is_not_defined_is_missing_and_shows_no_call(bench):
    bench.set(DOUBLE)
    result = bench.only("def b(x): return 2 * x")
    assert (result.verdict, result.counterexample, result.reproduce) == (Verdict.MISSING, None, "")
    assert "`a` is not defined" in result.message


@pytest.mark.parametrize(("how", "verdict"), [("hang()", Verdict.TIMEOUT), ("die()", Verdict.CRASH)])
def test_the_call_that_was_lost_is_the_counterexample_and_no_smaller_one_that_was_never_really_made(bench, how, verdict):
    bench.set(DOUBLE)
    result = bench.only(f"def a(x):\n    if x > 4: {how}\n    return 2 * x")
    lost = next(x for x in asked(bench) if x > 4)
    later = asked(bench)[asked(bench).index(lost) + 1 :]
    assert min(later) < lost  # Hypothesis looked for a smaller one, and was told at once that it is lost as well
    assert (result.verdict, result.message) == (verdict, f"it ended in a {verdict}")
    assert result.counterexample.call == f"a({lost})"
    assert result.reproduce.endswith(f"print(a({lost}))")


def test_a_loss_ends_its_check_and_the_next_one_starts_anew(bench):
    bench.set(
        '''
        @question("a")
        def check_first(solution):
            """It answers for 1."""
            assert_int(solution.a(1), 2)

        @question("a")
        def check_second(solution):
            """It answers for 2."""
            assert_int(solution.a(2), 4)
        '''
    )
    findings = bench.judge("def a(x):\n    if x == 1: hang()\n    return 2 * x")
    assert [result.verdict for result in findings.results] == [Verdict.TIMEOUT, Verdict.PASS]
    assert bench.last.begun == ["a", "a"]


FLAKY = {
    "wrong only the first time": "    return 2 * x if calls[0] > 1 else -1",
    "wrong every other time": "    return 2 * x + calls[0] % 2",
    "another answer each time": "    return calls[0]",
    "wrong at first, then an exception": "    if calls[0] > 1: raise KeyError\n    return -1",
    "an exception at first, then wrong": "    if calls[0] == 1: raise KeyError\n    return -1",
    "an exception only the first time": "    if calls[0] == 1: raise KeyError\n    return 2 * x",
    "another exception each time": "    raise [KeyError, TypeError, OSError][calls[0] % 3]",
    "an exception, then a loss": "    if calls[0] > 1: hang()\n    raise KeyError",
}


@pytest.mark.parametrize("name", list(FLAKY))
def test_a_function_that_answers_now_so_and_now_so_fails_and_is_no_fault_of_ours(bench, name):
    bench.set(DOUBLE)
    findings = bench.judge(f"calls = [0]\ndef a(x):\n    calls[0] += 1\n{FLAKY[name]}")
    assert findings.faults == ()
    assert findings.results[0].verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.TIMEOUT)
    assert findings.results[0].fraction == 0.0


def test_a_function_that_is_wrong_once_and_never_again_is_said_to_depend_on_chance(bench):
    bench.set(DOUBLE)
    assert (
        "must not depend on chance"
        in bench.only(f"calls = [0]\ndef a(x):\n    calls[0] += 1\n{FLAKY['wrong only the first time']}").message
    )


@pytest.mark.parametrize(
    "statement",
    [
        "1 / 0",
        "solution.a(1) + None",
        "assert solution.a(1) == 3",
        "raise SystemExit(0)",
        "solution.a(1).shape",
        "raise TimeoutError",
    ],
)
def test_a_check_that_fails_by_itself_is_a_fault_and_takes_no_points(bench, statement):
    bench.set(
        f'''
        @question("a")
        def check_right(solution):
            """It is right."""
            assert_int(solution.a(1), 2)

        @question("a")
        def check_itself(solution):
            """It is broken."""
            {statement}

        @question("a")
        @given(x=st.integers())
        def check_itself_on_any_input(solution, x):
            """It is broken."""
            {statement}
        '''
    )
    findings = bench.judge("def a(x): return 2 * x")
    assert [result.verdict for result in findings.results] == [Verdict.PASS, Verdict.FAULT, Verdict.FAULT]
    assert "costs no points" in findings.results[1].message
    first, second = findings.faults
    assert (first.where, second.where) == ("a: check_itself", "a: check_itself_on_any_input")
    assert statement in first.details
    assert not score_of(read_assignment(bench.folder.parent, "tiny"), findings.results).complete


def test_a_check_that_asks_for_a_fixture_that_is_not_there_is_a_fault(bench):
    bench.set('@question("a")\ndef check_it(solution, nonsense):\n    """It is broken."""\n')
    findings = bench.judge("def a(x): return 2 * x")
    assert [result.verdict for result in findings.results] == [Verdict.FAULT]
    assert "nonsense" in findings.faults[0].details


def test_what_a_mark_says_stands_in_the_result(bench):
    bench.set(
        '''
        @question("a", weight=2.5, decisive=True, law=True)
        def check_half(solution):
            """Half of it."""
            fail("half", expected="all", got="half", fraction=0.5)
        '''
    )
    result = bench.only("")
    assert (result.weight, result.decisive, result.law, result.fraction) == (2.5, True, True, 0.5)


def test_a_check_that_cannot_be_made_here_is_not_run(bench):
    bench.set(
        '''
        @question("a")
        def check_there(solution):
            """It needs a device."""
            pytest.skip("needs a CUDA device")

        @question("a")
        @given(x=st.integers())
        def check_there_on_any_input(solution, x):
            """It needs a device."""
            pytest.skip("needs a CUDA device")

        @pytest.mark.skipif(True, reason="needs a CUDA device")
        @question("a")
        def check_nowhere(solution):
            """It needs a device."""
        '''
    )
    findings = bench.judge("")
    assert [result.verdict for result in findings.results] == [Verdict.NOT_RUN] * 3
    assert {result.message for result in findings.results} == {"needs a CUDA device"}
    assert findings.faults == ()


WRONG = {
    "no question": ('def check_it(solution):\n    """A rule."""', "check_it has no @question"),
    "a question that is not there": (
        '@question("z9")\ndef check_it(solution):\n    """A rule."""',
        "check_it belongs to 'z9', which assignment.toml does not have",
    ),
    "no docstring": ('@question("a")\ndef check_it(solution): pass', "check_it has no docstring"),
    "an empty docstring": ('@question("a")\ndef check_it(solution):\n    """ """', "check_it has no docstring"),
    "a syntax error": ("def check_it(solution:", "SyntaxError"),
    "a name that is not defined": ('@question("a")\n@nothing\ndef check_it(solution):\n    """A rule."""', "NameError"),
    "an import that fails": ("import no_such_module", "no_such_module"),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_check_file_that_is_wrong_stops_grading_and_says_why(bench, name):
    text, reason = WRONG[name]
    bench.set(f"{dedent(DOUBLE)}\n{text}\n")
    with pytest.raises(CheckError, match=re.escape(reason)):
        bench.judge("def a(x): return 2 * x")


def test_two_checks_of_one_name_stop_grading_as_one_would_hide_the_other(bench):
    bench.set(DOUBLE, hidden=DOUBLE)
    with pytest.raises(CheckError, match="two checks check_double"):
        bench.judge("def a(x): return 2 * x", hidden=True)
