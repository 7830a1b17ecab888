"""Is A at least r times as fast as B? Decided one pair of measurements at a time, with bounded error whenever one stops. Pure.

Nothing is assumed of the noise but that A and B of a pair meet the same machine in a random order: spikes move one sign at
most; drift, throttling and neighbours multiply both sides alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import comb, exp, inf, log
from statistics import median

ALPHA = 0.01  # largest probability of a wrong pass, and of a wrong fail
LEAST_PAIRS = 5
MOST_PAIRS = 60  # then it stays open
COVERAGE = 0.95  # of the interval that is reported; it decides nothing
_BETS = tuple(percent / 100 for percent in range(51, 100))  # probabilities of a win that the evidence mixes in equal parts


class Ruling(StrEnum):
    """What the measurements say."""

    FASTER = "faster"
    SLOWER = "slower"
    OPEN = "open"  # not yet, or not at all on this machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How many times as fast A was as B, in each pair, and what follows."""

    ratios: tuple[float, ...]  # time of B over time of A
    wanted: float  # the ratio that A must reach
    ruling: Ruling

    @property
    def ratio(self) -> float:
        """The median of the pairs; nan without any."""
        return median(self.ratios) if self.ratios else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """Bounds that hold the true median with probability `COVERAGE`, or all there is where the pairs are too few."""
        return median_interval(self.ratios)


def compare(ratios: Sequence[float], *, wanted: float) -> Comparison:
    """Rule on the pairs in their order, up to the first at which they decide."""
    wins = 0
    for count, ratio in enumerate(ratios, 1):
        wins += ratio > wanted
        ruling = rule(wins, count)
        if ruling is not Ruling.OPEN:
            return Comparison(ratios=tuple(ratios[:count]), wanted=wanted, ruling=ruling)
    return Comparison(ratios=tuple(ratios), wanted=wanted, ruling=Ruling.OPEN)


def rule(wins: int, pairs: int) -> Ruling:
    """Return what so many pairs say of which so many had a ratio above the wanted one; one may ask after each pair.

    Where the median of the ratio, given all that came before, is at most the wanted one, a win has at most the
    probability 1/2. Then `evidence` is a non-negative supermartingale that begins at 1, and the probability that it ever
    reaches 1 / ALPHA is at most ALPHA (Ville 1939; Ramdas et al. 2023, "Game-theoretic statistics and safe anytime-valid
    inference", section 3). The same holds for losses.
    """
    if pairs < LEAST_PAIRS:
        return Ruling.OPEN
    if log_evidence(wins, pairs) >= -log(ALPHA):
        return Ruling.FASTER
    if log_evidence(pairs - wins, pairs) >= -log(ALPHA):
        return Ruling.SLOWER
    return Ruling.OPEN


@cache
def log_evidence(wins: int, pairs: int) -> float:
    """Return the logarithm of what 1 has grown to by betting on wins, in equal parts on each probability of a win above 1/2.

    The mean over p of (2p)^wins (2(1-p))^(pairs - wins), for p = 0.51, 0.52, ..., 0.99.
    """
    logs = [wins * log(2 * p) + (pairs - wins) * log(2 * (1 - p)) for p in _BETS]
    largest = max(logs)
    return largest + log(sum(exp(each - largest) for each in logs) / len(logs))


def median_interval(values: Sequence[float], *, coverage: float = COVERAGE) -> tuple[float, float]:
    """Return two of the values between which the median lies with at least this probability, whatever the distribution.

    From the k-th smallest to the k-th largest, with the largest k of which 1 - 2 P(Binomial(n, 1/2) < k) is at least the
    coverage (David & Nagaraja 2003, "Order statistics", section 7.1); unbounded where even k = 1 is too little.
    """
    ordered, count = sorted(values), len(values)
    below, rank = 0.0, 0
    while rank < count // 2 and 1 - 2 * (below + comb(count, rank) / 2**count) >= coverage:
        below += comb(count, rank) / 2**count
        rank += 1
    return (ordered[rank - 1], ordered[count - rank]) if rank else (-inf, inf)
