"""A check that times a submission: what came of it is a pass, a loss that says how fast it was, or no decision at no cost."""

from __future__ import annotations

import pytest

from grader.model import Verdict

TIMED = '''
    from itertools import count

    inputs = count()

    def right(given, answer):
        if answer != given:
            fail("the answer is wrong", expected=given, got=answer)

    @question("a", {mark})
    def check_faster(solution, stopwatch):
        """It is at least twice as fast as the other way."""
        stopwatch.assert_faster(
            ("the new way", lambda x: solution.a(x, "new")),
            ("the old way", lambda x: solution.a(x, "old")),
            ratio=2.0,
            inputs=lambda: next(inputs),
            confirm=right,
        )
'''
WORK = """
import time
def a(x, way):
    time.sleep({times}[way])
    return x{more}
"""


def way(new_s, old_s, more=""):
    return WORK.format(times={"new": new_s, "old": old_s}, more=more)


def test_what_is_fast_enough_passes_and_its_times_are_kept(bench):
    bench.set(TIMED.format(mark="timed=True"))
    result = bench.only(way(0.006, 0.024))
    assert result.verdict is Verdict.PASS
    assert result.measurement.ratio > 2
    assert (result.measurement.fast, result.measurement.slow, result.measurement.wanted) == ("the new way", "the old way", 2.0)
    assert len(result.measurement.fast_s) >= 10


def test_what_is_too_slow_fails_and_is_told_how_fast_it_was(bench):
    bench.set(TIMED.format(mark="timed=True"))
    result = bench.only(way(0.012, 0.012))
    assert result.verdict is Verdict.FAIL
    assert "the new way is not fast enough" in result.message
    assert result.counterexample.expected == "at least 2 times as fast as the old way"
    assert result.counterexample.got.startswith(f"{result.measurement.ratio:.2f} times as fast in the median of ")


def test_a_fast_wrong_answer_fails_as_wrong(bench):
    bench.set(TIMED.format(mark="timed=True"))
    result = bench.only(way(0.006, 0.024, more=" + (way == 'new')"))
    assert (result.verdict, result.message) == (Verdict.FAIL, "the answer is wrong")
    assert result.measurement is None


def test_a_check_that_is_not_alone_on_the_machine_times_nothing(bench):
    bench.set(TIMED.format(mark="weight=1"))
    findings = bench.judge(way(0.006, 0.024))
    assert [result.verdict for result in findings.results] == [Verdict.FAULT]
    assert "timed=True" in findings.faults[0].details


def test_requests_too_short_to_tell_are_our_fault(bench):
    bench.set(TIMED.format(mark="timed=True"))
    assert [result.verdict for result in bench.judge("def a(x, way): return x").results] == [Verdict.FAULT]


def test_no_decision_costs_nothing_and_is_asked_again_next_time(bench):
    check = '''
    from grader.checks.stopwatch import InconclusiveError

    @question("a")
    def check_faster(solution):
        """It is faster."""
        raise InconclusiveError("it cannot be told here")
    '''
    bench.set(check)
    result = bench.only("def a(x): return x")
    assert (result.verdict, result.message) == (Verdict.INCONCLUSIVE, "it cannot be told here")
    assert result.verdict.is_left_out
    assert not result.verdict.is_lost


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_a_verdict_is_lost_or_left_out_or_neither(verdict):
    assert not (verdict.is_lost and verdict.is_left_out)
