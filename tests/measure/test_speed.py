"""Two things are timed whole, on new inputs, in pairs of random order, and a wrong answer ends it."""

from __future__ import annotations

import time
from itertools import count, cycle

import pytest

from grader.errors import CheckError
from grader.measure.speed import REQUESTS, WARM_REQUESTS, WARM_S, Side, Stage, race
from grader.statistics import MOST_PAIRS, Ruling


class Machine:
    """A clock that goes on by what the two sides are said to take."""

    def __init__(self):
        self.now = 0.0
        self.asked = []
        self.given = count()

    def side(self, name, *times_s):
        durations = cycle(times_s)

        def ask(given):
            self.asked.append((name, given))
            self.now += next(durations)
            return given

        return Side(name=name, ask=ask)

    def stage(self, **changes):
        usual = {"inputs": lambda: next(self.given), "confirm": same, "clock": lambda: self.now}
        return Stage(**(usual | changes))


def same(given, answer):
    assert given == answer


@pytest.fixture
def machine():
    return Machine()


@pytest.mark.parametrize(
    ("slow_s", "ruling"), [((0.2,), Ruling.FASTER), ((0.1,), Ruling.SLOWER), ((0.2, 0.1), Ruling.OPEN)], ids=str
)
def test_the_pairs_decide(machine, slow_s, ruling):
    slow = [time_s for time_s in slow_s for _ in range(REQUESTS)]  # all requests of a pair take as long
    measured, found = race(machine.side("a", 0.1), machine.side("b", *slow), machine.stage(), wanted=1.5)
    assert found == ruling
    assert len(measured.fast_s) == len(measured.slow_s) == (MOST_PAIRS if ruling == Ruling.OPEN else 10)
    assert measured.ratio == pytest.approx({Ruling.FASTER: 2.0, Ruling.SLOWER: 1.0, Ruling.OPEN: 1.5}[ruling])


def test_every_request_has_a_new_input_and_its_answer_is_looked_at(machine):
    confirmed = []
    stage = machine.stage(confirm=lambda given, answer: confirmed.append((given, answer)))
    race(machine.side("a", 0.1), machine.side("b", 0.3), stage, wanted=1.5)
    inputs = [given for _, given in machine.asked]
    assert len(set(inputs)) == len(inputs) == len(confirmed)
    assert all(given == answer for given, answer in confirmed)


def test_a_wrong_answer_ends_it_even_the_first_of_the_warm_up(machine):
    def refuse(given, answer):
        raise ValueError("wrong")

    with pytest.raises(ValueError, match="wrong"):
        race(machine.side("a", 0.1), machine.side("b", 0.2), machine.stage(confirm=refuse), wanted=1.5)
    assert len(machine.asked) == 1


def test_making_and_looking_at_a_value_is_not_timed(machine):
    def slowly():
        machine.now += 50.0
        return next(machine.given)

    def look(given, answer):
        machine.now += 50.0

    measured, _ = race(machine.side("a", 0.1), machine.side("b", 0.2), machine.stage(inputs=slowly, confirm=look), wanted=1.5)
    assert measured.fast_s == pytest.approx([0.1] * len(measured.fast_s))


def test_the_warm_up_is_long_enough_and_does_not_count(machine):
    first = [1.0] * WARM_REQUESTS
    measured, _ = race(machine.side("a", *first, *[0.1] * 300), machine.side("b", 0.01), machine.stage(), wanted=1.5)
    names = [name for name, _ in machine.asked]
    assert names[:WARM_REQUESTS] == ["a"] * WARM_REQUESTS
    assert names[WARM_REQUESTS:].index("a") >= WARM_S / 0.01  # all the warm-up of b lies between
    assert max(measured.fast_s) == pytest.approx(0.1)


def test_the_order_within_a_pair_is_drawn(machine):
    tosses = cycle([True, False, False])
    race(machine.side("a", 0.5), machine.side("b", 1.0), machine.stage(toss=lambda: next(tosses)), wanted=1.5)
    order = [name for name, _ in machine.asked][2 * WARM_REQUESTS :: REQUESTS]
    assert order[:6] == ["a", "b", "b", "a", "b", "a"]


def test_one_slow_request_of_three_does_not_count(machine):
    measured, found = race(machine.side("a", 0.1, 0.1, 9.0), machine.side("b", 0.2), machine.stage(), wanted=1.5)
    assert found == Ruling.FASTER
    assert measured.fast_s == pytest.approx([0.1] * len(measured.fast_s))


def test_a_pair_in_which_the_machine_changes_its_speed_is_set_aside(machine):
    speeds = iter([*"1121", *"1" * 100])
    stage = machine.stage(speed_of_machine=lambda: next(speeds))
    measured, found = race(machine.side("a", 0.1), machine.side("b", 0.2), stage, wanted=1.5)
    assert (measured.set_aside, len(measured.fast_s), found) == (1, 10, Ruling.FASTER)


def test_a_machine_that_never_keeps_its_speed_decides_nothing(machine):
    speeds = count()
    stage = machine.stage(speed_of_machine=lambda: next(speeds))
    measured, found = race(machine.side("a", 0.1), machine.side("b", 0.2), stage, wanted=1.5)
    assert (measured.set_aside, measured.fast_s, measured.interval, found) == (MOST_PAIRS, (), None, Ruling.OPEN)


def test_it_ends_in_time_where_the_requests_are_long(machine):
    measured, found = race(machine.side("a", 20.0), machine.side("b", 40.0), machine.stage(), wanted=1.5)
    assert found == Ruling.OPEN
    assert 0 < len(measured.fast_s) < 5


def test_requests_that_are_too_short_are_a_fault_of_the_check(machine):
    with pytest.raises(CheckError, match=r"took 1\.00 ms.*ask for more at once"):
        race(machine.side("a", 0.001), machine.side("b", 0.1), machine.stage(), wanted=1.5)


def test_real_work_is_told_apart_on_this_machine():
    def work(amount):
        def ask(given):
            end = time.perf_counter() + amount
            while time.perf_counter() < end:
                sum(range(100))
            return given

        return ask

    stage = Stage(inputs=object, confirm=same)
    measured, found = race(Side(name="short", ask=work(0.006)), Side(name="long", ask=work(0.03)), stage, wanted=2.0)
    assert found == Ruling.FASTER
    low, high = measured.interval
    assert low <= measured.ratio <= high
