"""The `stopwatch` fixture: checks say what must be faster, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.checks.comparing import fail
from grader.errors import CheckError
from grader.measure.speed import Side, Stage, race
from grader.model import Measurement
from grader.statistics import Ruling


class InconclusiveError(Exception):
    """Times stray too much here for a decision: no fault of the submission's, and no loss."""


class Stopwatch:
    """Times what a check hands it; the last measurement is kept for the report."""

    def __init__(self, *, is_alone: bool) -> None:
        """`is_alone`: whether nothing else is graded meanwhile, which a check asks for with `timed=True`."""
        self.measurement: Measurement | None = None
        self._is_alone = is_alone

    def assert_faster(
        self,
        fast: tuple[str, Callable[[Any], Any]],
        slow: tuple[str, Callable[[Any], Any]],
        *,
        ratio: float,
        inputs: Callable[[], Any],
        confirm: Callable[[Any, Any], None],
    ) -> None:
        """Require that one thing, a name and what asks for it, is at least `ratio` times as fast as another.

        Each request gets a new input, and `confirm(input, answer)` refuses a wrong answer; neither is timed. Raises
        CheckFailure, InconclusiveError, CheckError.
        """
        if not self._is_alone:
            raise CheckError("a check that times something must be marked with timed=True")
        measurement, ruling = race(
            Side(name=fast[0], ask=fast[1]),
            Side(name=slow[0], ask=slow[1]),
            Stage(inputs=inputs, confirm=confirm),
            wanted=ratio,
        )
        self.measurement = measurement
        if ruling is Ruling.SLOWER:
            fail(
                f"{measurement.fast} is not fast enough",
                expected=f"at least {ratio:g} times as fast as {measurement.slow}",
                got=_in_words(measurement),
            )
        if ruling is Ruling.OPEN:
            raise InconclusiveError(
                f"it cannot be told here whether {measurement.fast} is at least {ratio:g} times as fast as {measurement.slow}: "
                f"it was {_in_words(measurement)}; this costs no points, and another grading on a quieter machine may decide it"
            )


def _in_words(measurement: Measurement) -> str:
    pairs = len(measurement.fast_s)
    between = ""
    if measurement.interval is not None:
        low, high = measurement.interval
        between = f", with a probability of 95 % between {low:.2f} and {high:.2f}"
    return f"{measurement.ratio:.2f} times as fast in the median of {pairs} pairs of measurements{between}"
