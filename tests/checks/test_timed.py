"""A check that measures time holds the processors alone; all others share them."""

from __future__ import annotations

from contextlib import contextmanager

CHECKS = """
    @question("a", timed=True)
    def check_fast(solution):
        \"\"\"It is fast.\"\"\"
        assert_int(solution.a(1), 1)

    @question("a")
    def check_right(solution):
        \"\"\"It is right.\"\"\"
        assert_int(solution.a(2), 2)
    """


class WrittenDown:
    """Turns that write down who had one, and whether it was over when the next began."""

    def __init__(self):
        self.trail = []

    @contextmanager
    def _held(self, how):
        self.trail.append(how)
        try:
            yield
        finally:
            self.trail.append(f"end of {how}")

    def shared(self):
        return self._held("shared")

    def alone(self):
        return self._held("alone")


def test_each_check_takes_its_turn_and_gives_it_back(bench):
    bench.set(CHECKS)
    turns = WrittenDown()
    findings = bench.judge("def a(x):\n    return x", turns=turns)
    assert [result.verdict.value for result in findings.results] == ["pass", "pass"]
    assert turns.trail == ["alone", "end of alone", "shared", "end of shared"]


def test_a_check_that_fails_gives_its_turn_back_too(bench):
    bench.set(CHECKS)
    turns = WrittenDown()
    findings = bench.judge("def a(x):\n    return 7", turns=turns)
    assert [result.verdict.value for result in findings.results] == ["fail", "fail"]
    assert turns.trail == ["alone", "end of alone", "shared", "end of shared"]
