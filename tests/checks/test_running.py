"""What a run of the checks depends on, and whom a defect costs points: one question and not those that build on it."""

from __future__ import annotations

import os
import sys
from collections import defaultdict
from dataclasses import replace

import pytest
import torch

from grader.model import Verdict

DOUBLE = '''
    @question("a")
    @given(x=st.integers(0, 1000))
    def check_double(solution, x):
        """It is twice
        as much."""
        assert_int(solution.a(x), 2 * x)
'''


def without_times(findings):
    return [replace(result, wall_s=0.0) for result in findings.results]


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


def test_who_interrupts_a_run_hears_of_it_and_it_is_no_fault(bench):
    bench.set(DOUBLE)
    with pytest.raises(KeyboardInterrupt):
        bench.judge("def a(x): raise KeyboardInterrupt")


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


@pytest.mark.parametrize(
    ("text", "saved"),
    [
        ("def a(x): return 0\ndef b(x): return 4 * x", True),
        ("def a(x): return 2 * x\ndef b(x): return 0", True),
        ("def a(x): return 0\ndef b(x): return 0", False),
    ],
)
def test_a_question_of_which_nothing_would_be_left_stays_lost(bench, text, saved):
    both = """
    @question("ab")
    def check_both(solution):
        \"\"\"What both give together.\"\"\"
        assert_int(solution.a(1) + solution.b(1), 6)
    """
    questions = {"a": "", "b": "", "ab": 'names = ["a", "b"]\nneeds = ["a", "b"]'}
    bench.set(CHAIN.partition('    @question("c")')[0] + both, questions=questions, stand_ins=STAND_INS)
    assert (verdicts(bench.judge(text))["ab"][0] == "pass") == saved


def test_where_the_judge_has_no_function_of_its_own_the_question_stays_lost(bench):
    bench.set(CHAIN, questions=ON_EACH_OTHER)
    got = verdicts(bench.judge("def a(x): return 0\ndef b(x): return 2 * a(x)\ndef c(x): return 8 * x"))
    assert got == {"a": ("fail", ()), "b": ("fail", ()), "c": ("pass", ())}
