"""How values spread: quartiles and counts in bins."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

MANY = 100  # scores from which on the bins are half as wide
_STEPS = (1, 2, 5)
_SHORTEST_S = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """How many values lie from `low` up to, and without, `high`; the last bin of a distribution has its `high`, too."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Some values, one at least; the quartiles are interpolated (Hyndman & Fan 1996, "Sample quantiles", definition 7)."""

    count: int
    mean: float
    lowest: float
    first_quartile: float
    median: float
    third_quartile: float
    highest: float
    bins: tuple[Bin, ...]


def percent_distribution(values: Sequence[float]) -> Distribution | None:
    """Return how percentages spread, in bins of ten or, where there are many, of five; None for no values."""
    step = 5 if len(values) >= MANY else 10
    return _distribution(values, [float(edge) for edge in range(0, 100 + step, step)])


def time_distribution(values_s: Sequence[float]) -> Distribution | None:
    """Return how times spread, in bins that grow as 1, 2, 5, 10, 20, 50; None for no values."""
    return _distribution(values_s, _edges(min(values_s), max(values_s)) if values_s else [])


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the value below which this share of the ordered values lies, interpolated between neighbours."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _distribution(values: Sequence[float], edges: list[float]) -> Distribution | None:
    if not values:
        return None
    ordered = sorted(values)
    counts = [0] * (len(edges) - 1)
    for value in ordered:
        counts[min(max(bisect_right(edges, value) - 1, 0), len(counts) - 1)] += 1
    return Distribution(
        count=len(ordered),
        mean=fmean(ordered),
        lowest=ordered[0],
        first_quartile=quantile(ordered, 0.25),
        median=quantile(ordered, 0.5),
        third_quartile=quantile(ordered, 0.75),
        highest=ordered[-1],
        bins=tuple(Bin(low=low, high=high, count=count) for (low, high), count in zip(pairwise(edges), counts, strict=True)),
    )


def _edges(lowest: float, highest: float) -> list[float]:
    """Return the numbers 1, 2, 5, 10, 20, 50, ... from the last one up to `lowest` to the first one beyond `highest`."""
    edges = [0.0]
    power = math.floor(math.log10(max(lowest, _SHORTEST_S)))
    while edges[-1] <= highest:
        edges += [float(f"{step}e{power}") for step in _STEPS]
        power += 1
    first = max(bisect_right(edges, lowest) - 1, 0)
    return edges[first : bisect_right(edges, highest) + 1]
