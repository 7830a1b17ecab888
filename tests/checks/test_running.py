"""Checks are run over a solution: how each way to end is told, what a run depends on, and whom a defect costs points."""

from __future__ import annotations

import os
import re
import sys
from collections import defaultdict
from dataclasses import replace
from textwrap import dedent

import pytest
import torch

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


def without_times(findings):
    return [replace(result, wall_s=0.0) for result in findings.results]


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


def test_hidden_checks_run_only_when_they_are_asked_for(bench):
    bench.set(DOUBLE, hidden=DOUBLE.replace("check_double", "check_more"))
    assert [result.id for result in bench.judge("def a(x): return 2 * x").results] == ["check_double"]
    both = bench.judge("def a(x): return 2 * x", hidden=True).results
    assert [(result.id, result.visibility) for result in both] == [("check_double", "public"), ("check_more", "hidden")]


TWO = '''
    @question("a")
    @given(x=st.integers(0, 10**9))
    def check_{0}(solution, x):
        """It is twice as much."""
        assert_ints(solution.a(x, "{0}"), (2 * x,))
'''


def drawn(bench, *, seed, hidden=True):
    """Return what the public and the hidden check of TWO ask."""
    bench.judge("def a(x, who): return (2 * x,)", hidden=hidden, seed=seed)
    asked = defaultdict(list)
    for _, (x, who), _ in bench.last.calls:
        asked[who].append(x)
    return asked


def test_the_seed_changes_what_hidden_checks_ask_and_not_what_public_ones_do(bench):
    bench.set(TWO.format("public"), hidden=TWO.format("hidden"))
    one, same, other, alone = drawn(bench, seed=1), drawn(bench, seed=1), drawn(bench, seed=2), drawn(bench, seed=2, hidden=False)
    assert one["hidden"] == same["hidden"] != other["hidden"]
    assert one["public"] == other["public"] == alone["public"]
    assert "hidden" not in alone
    assert len(set(one["public"]) & set(one["hidden"])) < 10


def test_two_runs_give_equal_results(bench):
    bench.set(DOUBLE + DOUBLE.replace("check_double", "check_again"), hidden=DOUBLE.replace("check_double", "check_more"))
    text = "def a(x): return 2 * x if x < 60 else x"
    first, second = bench.judge(text, hidden=True, seed=5), bench.judge(text, hidden=True, seed=5)
    assert without_times(first) == without_times(second)
    assert {result.verdict for result in first.results} == {Verdict.FAIL}


PARAMETERS = '''
    @pytest.mark.parametrize("name", [pytest.param(name, marks=question(name)) for name in "ab"])
    @given(x=st.integers(0, 10**9))
    def check_each(solution, name, x):
        """It is twice as much."""
        assert_int(getattr(solution, name)(x), 2 * x)
'''


def test_what_a_check_asks_does_not_depend_on_which_other_checks_run(bench):
    bench.set(PARAMETERS, questions={"a": "", "b": ""})
    text = "def a(x): return 2 * x\nb = a"
    assert {result.question for result in bench.judge(text).results} == {"a", "b"}
    everything = [(name, *args) for name, args, _ in bench.last.calls]
    alone = []
    for name in "ab":
        assert {result.question for result in bench.judge(text, questions=(name,)).results} == {name}
        alone += [(name, *args) for name, args, _ in bench.last.calls]
    assert everything == alone
    assert everything[:25] != [("a", *args) for _, *args in everything[25:]]


def test_nothing_around_the_checks_changes_how_they_run(bench, monkeypatch):
    bench.set(DOUBLE + DOUBLE.replace("check_double", "check_again"))
    text = "def a(x): return 2 * x if x < 60 else x"
    before = without_times(bench.judge(text))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing_at_all --maxfail=1 --collect-only")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "something")
    for place in (bench.folder, bench.folder.parent, bench.folder.parent.parent):
        (place / "conftest.py").write_text("raise RuntimeError('a conftest was read')")
        (place / "pytest.ini").write_text("[pytest]\naddopts = --collect-only\npython_functions = nothing\n")
    monkeypatch.chdir(bench.folder)
    assert without_times(bench.judge(text)) == before
    assert os.environ["PYTEST_ADDOPTS"].startswith("-k nothing")


def test_a_run_prints_nothing_and_leaves_the_process_as_it_was(bench, capsys):
    bench.set(DOUBLE.replace("assert_int(", "print('from a check')\n        assert_int("))
    before = torch.get_num_threads(), list(sys.path), dict(os.environ)
    bench.judge("def a(x): return x")
    assert (torch.get_num_threads(), list(sys.path), dict(os.environ)) == before
    assert capsys.readouterr() == ("", "")


def test_each_assignment_of_a_process_is_judged_by_its_own_checks(bench, tmp_path):
    bench.set(DOUBLE)
    other = type(bench)(tmp_path / "other")
    other.set(DOUBLE.replace("2 * x", "3 * x").replace("twice", "thrice"))
    for _ in range(2):
        assert bench.only("def a(x): return 2 * x").verdict is Verdict.PASS
        assert other.only("def a(x): return 2 * x").rule == "It is thrice as much."
        assert other.only("def a(x): return 3 * x").verdict is Verdict.PASS


def test_only_the_questions_that_were_chosen_are_asked(bench):
    bench.set(PARAMETERS, questions={"a": "", "b": ""})
    findings = bench.judge("def a(x): return 0\ndef b(x): return 0", questions=("b",))
    assert [result.question for result in findings.results] == ["b"]
    assert {name for name, _, _ in bench.last.calls} == {"b"}


ON_EACH_OTHER = {"a": "", "b": 'needs = ["a"]', "c": 'needs = ["b", "a"]'}
CHAIN = "".join(
    f'''
    @question("{name}")
    @given(x=st.integers(0, 1000))
    def check_{name}(solution, x):
        """It is {factor} times as much."""
        assert_int(solution.{name}(x), {factor} * x)
'''
    for name, factor in (("a", 2), ("b", 4), ("c", 8))
)
STAND_INS = "STAND_INS = {'a': lambda x: 2 * x, 'b': lambda x: 4 * x, 'c': lambda x: 8 * x}"


def verdicts(findings):
    return {result.question: (str(result.verdict), result.stood_in) for result in findings.results}


def test_a_defect_costs_its_own_question_and_not_the_one_that_builds_on_it(bench):
    bench.set(CHAIN, questions=ON_EACH_OTHER, stand_ins=STAND_INS)
    got = verdicts(bench.judge("def a(x): return 0\ndef b(x): return 2 * a(x)\ndef c(x): return 8 * x"))
    assert got == {"a": ("fail", ()), "b": ("pass", ("a",)), "c": ("pass", ())}
    assert bench.last._functions == {}  # its own functions answer again


def test_a_defect_at_the_bottom_of_a_chain_costs_one_question(bench):
    bench.set(CHAIN, questions=ON_EACH_OTHER, stand_ins=STAND_INS)
    got = verdicts(bench.judge("def a(x): raise KeyError\ndef b(x): return 2 * a(x)\ndef c(x): return 2 * b(x)"))
    assert {question: verdict for question, (verdict, _) in got.items()} == {"a": "error", "b": "pass", "c": "pass"}
    assert got["b"][1] == ("a",)
    assert "b" in got["c"][1]


def test_a_question_with_a_defect_of_its_own_keeps_its_own_counterexample(bench):
    bench.set(CHAIN, questions=ON_EACH_OTHER, stand_ins=STAND_INS)
    text = "def a(x): return 2 * x + (x > 3)\ndef b(x): return 2 * a(x) - (x > 7)\ndef c(x): return 8 * x"
    findings = bench.judge(text)
    assert verdicts(findings) == {"a": ("fail", ()), "b": ("fail", ()), "c": ("pass", ())}
    assert [result.counterexample.call for result in findings.results[:2]] == ["a(4)", "b(4)"]


def test_a_question_that_does_not_use_the_lost_one_is_not_asked_again(bench):
    bench.set(CHAIN, questions=ON_EACH_OTHER, stand_ins=STAND_INS)
    text = "def a(x): return 0\ndef b(x): return 0\ndef c(x): return 8 * x"
    assert verdicts(bench.judge(text)) == {"a": ("fail", ()), "b": ("fail", ()), "c": ("pass", ())}
    assert bench.last.begun == ["a", "b", "c"]


def test_of_two_questions_that_build_on_each_other_at_most_one_is_saved(bench):
    bench.set(CHAIN, questions={"a": 'needs = ["b"]', "b": 'needs = ["a"]', "c": ""}, stand_ins=STAND_INS)
    got = verdicts(
        bench.judge("def a(x): return b(x) / 2 if x < 0 else b(x) // 2\ndef b(x): return 2 * a(x)\ndef c(x): return 8 * x")
    )
    saved = [question for question in "ab" if got[question][0] == "pass"]
    assert len(saved) == 1
    assert got[saved[0]][1] != ()


def test_where_the_judge_has_no_function_of_its_own_the_question_stays_lost(bench):
    bench.set(CHAIN, questions=ON_EACH_OTHER)
    got = verdicts(bench.judge("def a(x): return 0\ndef b(x): return 2 * a(x)\ndef c(x): return 8 * x"))
    assert got == {"a": ("fail", ()), "b": ("fail", ()), "c": ("pass", ())}
