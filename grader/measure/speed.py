"""Times two things against each other: whole requests, from outside, in pairs of random order, until the pairs decide.

Nothing is subtracted and nothing that is timed says how long it took: a request has ended when its right answer is here. What
must be true of the requests is up to whoever makes them: long enough that the way there and back vanishes beside them, and
new, so that no earlier answer serves.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from grader.errors import CheckError
from grader.model import Measurement
from grader.statistics import MOST_PAIRS, Comparison, Ruling, compare

REQUESTS = 3  # of each side in a pair; their median counts
WARM_REQUESTS, WARM_S = 3, 0.5  # at least, of each side, before the first pair: compilation, tuning, clocks that rise
SHORTEST_S = 0.005  # of a request: fifty times what the way there and back takes
MOST_S = 300.0  # of all pairs together

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two."""

    name: str  # in words: "float16"
    ask: Callable[[Any], Any]  # timed


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What both sides are given, and by what they are watched."""

    inputs: Callable[[], Any]  # makes a new input for each request; not timed
    confirm: Callable[[Any, Any], None]  # raises for a wrong answer (input, answer); not timed
    clock: Clock = time.perf_counter
    toss: Callable[[], bool] = field(default=lambda: bool(secrets.randbits(1)))  # whether the first side begins
    speed_of_machine: Callable[[], object] = field(default=lambda: None)  # a pair in which it changes is set aside


def race(fast: Side, slow: Side, stage: Stage, *, wanted: float) -> tuple[Measurement, Ruling]:
    """Time the two until it is known whether `fast` is at least `wanted` times as fast, or that it cannot be told here.

    Whatever asking or confirming raises passes through. Raises CheckError where the requests are too short to tell anything.
    """
    for side in (fast, slow):
        _warm_up(side, stage)
    pairs, set_aside, start = [], 0, stage.clock()
    comparison = compare((), wanted=wanted)
    while _goes_on(comparison, set_aside, stage.clock() - start):
        speed = stage.speed_of_machine()
        first, second = (fast, slow) if stage.toss() else (slow, fast)
        took = {side.name: median(_timed(side, stage) for _ in range(REQUESTS)) for side in (first, second)}
        if stage.speed_of_machine() != speed:
            set_aside += 1
            continue
        pairs.append((took[fast.name], took[slow.name]))
        comparison = compare([slow_s / fast_s for fast_s, slow_s in pairs], wanted=wanted)
    _require_long_requests(pairs)
    low, high = comparison.interval
    measurement = Measurement(
        fast=fast.name,
        slow=slow.name,
        fast_s=tuple(fast_s for fast_s, _ in pairs),
        slow_s=tuple(slow_s for _, slow_s in pairs),
        wanted=wanted,
        ratio=comparison.ratio if pairs else 0.0,
        interval=(low, high) if low > 0 else None,
        set_aside=set_aside,
    )
    return measurement, comparison.ruling


def _goes_on(comparison: Comparison, set_aside: int, spent_s: float) -> bool:
    pairs = len(comparison.ratios)
    return comparison.ruling is Ruling.OPEN and pairs < MOST_PAIRS and set_aside < MOST_PAIRS and spent_s < MOST_S


def _warm_up(side: Side, stage: Stage) -> None:
    count, spent_s = 0, 0.0
    while count < WARM_REQUESTS or spent_s < WARM_S:
        spent_s += _timed(side, stage)
        count += 1


def _timed(side: Side, stage: Stage) -> float:
    given = stage.inputs()
    start = stage.clock()
    answer = side.ask(given)
    took_s = stage.clock() - start
    stage.confirm(given, answer)
    return took_s


def _require_long_requests(pairs: list[tuple[float, float]]) -> None:
    shortest_s = min((median(column) for column in zip(*pairs, strict=True)), default=SHORTEST_S)
    if shortest_s < SHORTEST_S:
        raise CheckError(
            f"a request took {shortest_s * 1e3:.2f} ms, and one below {SHORTEST_S * 1e3:g} ms times the way there and back; "
            f"let the check ask for more at once"
        )
