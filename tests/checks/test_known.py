"""What is known is not asked again, and the points are those of a whole run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.model import Asked, Verdict

TWO = """
    @question("a")
    def check_one(solution):
        \"\"\"One is one.\"\"\"
        assert_int(solution.a(1), 1)

    @question("a")
    def check_two(solution):
        \"\"\"Two is two.\"\"\"
        assert_int(solution.a(2), 2)
    """


@pytest.fixture
def two(bench):
    bench.set(TWO)
    return bench


def test_a_known_result_is_taken_as_it_is_and_its_check_is_not_called(two):
    text = "def a(x):\n    return x if x != 2 else 3"
    whole = two.judge(text)
    again = two.judge(text, known=whole.asked)
    assert again.results == whole.results
    assert two.last.calls == []


def test_only_what_is_not_known_is_called(two):
    text = "def a(x):\n    return x"
    known = tuple(asked for asked in two.judge(text).asked if asked.result.id == "check_one")
    findings = two.judge(text, known=known)
    assert [call[1] for call in two.last.calls] == [(2,)]
    assert [result.verdict for result in findings.results] == [Verdict.PASS, Verdict.PASS]


def test_results_of_checks_that_are_gone_do_not_count(two):
    text = "def a(x):\n    return x"
    (one, _) = two.judge(text).asked
    gone = Asked(result=replace(one.result, id="check_gone", verdict=Verdict.FAIL, fraction=0.0))
    assert [result.id for result in two.judge(text, known=(gone,)).results] == ["check_one", "check_two"]


BUILT_UPON = """
    @question("a")
    def check_a(solution):
        \"\"\"a doubles.\"\"\"
        assert_int(solution.a(2), 4)

    @question("b")
    def check_b(solution):
        \"\"\"b doubles twice.\"\"\"
        assert_int(solution.b(2), 8)
    """
WRONG_A = "def a(x):\n    return 3 * x\n\ndef b(x):\n    return a(a(x))"


def test_what_was_asked_with_the_judges_own_functions_in_place_is_known_by_that(bench):
    bench.set(
        BUILT_UPON,
        questions={"a": "", "b": 'needs = ["a"]'},
        stand_ins="STAND_INS = {'a': lambda x: 2 * x, 'b': lambda x: 4 * x}",
    )
    whole = bench.judge(WRONG_A)
    assert {(asked.result.id, asked.stand_ins, asked.result.verdict.value) for asked in whole.asked} == {
        ("check_a", (), "fail"),
        ("check_b", (), "fail"),
        ("check_b", ("a",), "pass"),
    }
    again = bench.judge(WRONG_A, known=whole.asked)
    assert again.results == whole.results
    assert bench.last.calls == []
    without = tuple(asked for asked in whole.asked if not asked.stand_ins)
    assert bench.judge(WRONG_A, known=without).results[1].verdict is Verdict.PASS
