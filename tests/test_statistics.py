"""The test of "at least r times as fast" errs as seldom as it says, on quiet, shared and hostile machines, whenever it stops."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.statistics import (
    ALPHA,
    COVERAGE,
    LEAST_PAIRS,
    MOST_PAIRS,
    Ruling,
    compare,
    log_evidence,
    median_interval,
    rule,
)

SESSIONS, REQUESTS = 1000, 3
WANTED = 1.5


@dataclass(frozen=True)
class Machine:
    """How the time of a request strays, by factors."""

    jitter: float
    spikes: float  # probability
    spike: float  # mean of what it adds
    drift: float  # amplitude of a slow wave
    throttle: float  # what the clock loses for good at some moment, in half of the sessions
    burst: float  # factor while a neighbour works
    busy: float  # part of the time in which one does


QUIET = Machine(jitter=0.01, spikes=0.01, spike=0.5, drift=0.0, throttle=0.0, burst=1.0, busy=0.0)
SHARED = Machine(jitter=0.05, spikes=0.05, spike=0.5, drift=0.08, throttle=0.18, burst=1.35, busy=0.12)
HOSTILE = Machine(jitter=0.15, spikes=0.15, spike=1.0, drift=0.15, throttle=0.30, burst=1.8, busy=0.30)
MACHINES = pytest.mark.parametrize("machine", [QUIET, SHARED, HOSTILE], ids=["quiet", "shared", "hostile"])


def slowness(machine, rng):
    """Return by how much each request of each session takes longer than alone, in the order in which they run."""
    shape = (SESSIONS, MOST_PAIRS * 2 * REQUESTS)
    moments = np.arange(shape[1])
    factor = np.exp(machine.jitter * rng.standard_normal(shape))
    factor *= 1 + (rng.random(shape) < machine.spikes) * rng.exponential(machine.spike, shape)
    phase, period = rng.random((SESSIONS, 1)) * 2 * math.pi, rng.uniform(40, 400, (SESSIONS, 1))
    factor *= 1 + machine.drift * np.sin(moments / period * 2 * math.pi + phase)
    throttled = (moments > rng.integers(0, shape[1], (SESSIONS, 1))) & (rng.random((SESSIONS, 1)) < 0.5)
    factor /= 1 - machine.throttle * throttled
    is_busy = rng.random(SESSIONS) < machine.busy
    for moment in moments:  # a neighbour stays for 20 requests, in the mean
        factor[:, moment] *= np.where(is_busy, machine.burst, 1.0)
        leaves, comes = rng.random(SESSIONS) < 1 / 20, rng.random(SESSIONS) < machine.busy / (1 - machine.busy) / 20
        is_busy = np.where(is_busy, ~leaves, comes)
    return factor


def sessions(machine, true_ratio, *, seed, is_random=True, trend=0.0):
    """Return the ratios of all pairs, (sessions, pairs): B over A, each the median of some requests; A first or at random."""
    rng = np.random.default_rng(seed)
    times = slowness(machine, rng) * np.exp(trend * np.arange(MOST_PAIRS * 2 * REQUESTS))
    halves = np.median(times.reshape(SESSIONS, MOST_PAIRS, 2, REQUESTS), axis=3)
    a_first = rng.random((SESSIONS, MOST_PAIRS)) < 0.5 if is_random else np.ones((SESSIONS, MOST_PAIRS), bool)
    a = np.where(a_first, halves[..., 0], halves[..., 1])
    b = np.where(a_first, halves[..., 1], halves[..., 0])
    return true_ratio * b / a


def rates(ratios):
    """Return how often each ruling came."""
    rulings = [compare(list(each), wanted=WANTED).ruling for each in ratios]
    return {ruling: rulings.count(ruling) / len(rulings) for ruling in Ruling}


def at_most(probability):
    """Return a rate that so rare an event exceeds in one of 10,000 simulations."""
    return probability + 3.7 * math.sqrt(probability * (1 - probability) / SESSIONS)


@MACHINES
@pytest.mark.parametrize("share", [0.667, 0.8])
def test_slower_work_is_never_let_pass(machine, share):
    got = rates(sessions(machine, share * WANTED, seed=1))
    assert got[Ruling.FASTER] == 0
    assert got[Ruling.SLOWER] >= 0.99


@MACHINES
@pytest.mark.parametrize("share", [1.25, 1.5])
def test_faster_work_is_never_failed(machine, share):
    got = rates(sessions(machine, share * WANTED, seed=2))
    assert got[Ruling.SLOWER] == 0
    assert got[Ruling.FASTER] >= 0.99


@MACHINES
def test_at_the_boundary_itself_either_error_is_as_rare_as_was_promised(machine):
    got = rates(sessions(machine, WANTED, seed=3))
    assert got[Ruling.FASTER] <= at_most(ALPHA)
    assert got[Ruling.SLOWER] <= at_most(ALPHA)
    assert got[Ruling.OPEN] >= 0.97


@pytest.mark.parametrize("trend", [0.02, -0.02])
def test_a_clock_that_drifts_fools_a_fixed_order_and_not_a_random_one(trend):
    true_ratio = WANTED * (0.99 if trend > 0 else 1.01)
    wrong = Ruling.FASTER if trend > 0 else Ruling.SLOWER
    assert rates(sessions(QUIET, true_ratio, seed=4, is_random=False, trend=trend))[wrong] > 0.5
    assert rates(sessions(QUIET, true_ratio, seed=4, trend=trend))[wrong] <= at_most(ALPHA)


@given(wins=st.integers(0, MOST_PAIRS), losses=st.integers(0, MOST_PAIRS))
def test_evidence_is_a_fair_game_where_wins_and_losses_are_as_likely(wins, losses):
    """E(s, n) is the mean of what it becomes by a win and by a loss."""
    pairs = wins + losses
    after = (math.exp(log_evidence(wins + 1, pairs + 1)) + math.exp(log_evidence(wins, pairs + 1))) / 2
    assert math.isclose(after, math.exp(log_evidence(wins, pairs)), rel_tol=1e-9)


@given(wins=st.integers(0, MOST_PAIRS), losses=st.integers(0, MOST_PAIRS))
def test_losses_count_as_wins_do_on_the_other_side(wins, losses):
    mirrored = {Ruling.FASTER: Ruling.SLOWER, Ruling.SLOWER: Ruling.FASTER, Ruling.OPEN: Ruling.OPEN}
    assert rule(losses, wins + losses) == mirrored[rule(wins, wins + losses)]


def test_ten_equal_signs_decide_and_nine_do_not():
    assert rule(9, 9) == Ruling.OPEN
    assert rule(10, 10) == Ruling.FASTER
    assert rule(0, 10) == Ruling.SLOWER
    assert all(rule(pairs, pairs) == Ruling.OPEN for pairs in range(LEAST_PAIRS))


def test_pairs_after_the_decision_change_nothing():
    got = compare([2.0] * 12 + [0.1] * 40, wanted=1.5)
    assert got.ruling == Ruling.FASTER
    assert got.ratios == (2.0,) * 10
    assert got.ratio == 2.0


def test_a_ratio_that_is_just_reached_is_no_win():
    assert compare([1.5] * MOST_PAIRS, wanted=1.5).ruling == Ruling.SLOWER


def test_without_pairs_nothing_is_said():
    got = compare([], wanted=1.5)
    assert got.ruling == Ruling.OPEN
    assert math.isnan(got.ratio)
    assert got.interval == (-math.inf, math.inf)


@given(count=st.integers(0, 200))
def test_the_interval_has_its_coverage_and_would_not_have_it_one_rank_further_in(count):
    low, high = median_interval(list(range(1, count + 1)))

    def covers(rank):
        return 1 - 2 * sum(math.comb(count, below) for below in range(rank)) / 2**count

    rank = 0 if low == -math.inf else low
    assert (low, high) == ((rank, count + 1 - rank) if rank else (-math.inf, math.inf))
    assert rank == 0 or covers(rank) >= COVERAGE
    assert rank == count // 2 or covers(rank + 1) < COVERAGE


def test_thirty_pairs_give_the_tenth_and_the_twenty_first():
    assert median_interval([float(value) for value in range(30, 0, -1)]) == (10.0, 21.0)
