"""Comparisons that only part E of `conv_nets` needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import torch

from assignments.conv_nets import oracles_e
from assignments.conv_nets.cases_e import CLASSES, FEATURES, Accumulation
from assignments.conv_nets.oracles_e import Point
from grader.checks.calling import Calling
from grader.checks.comparing import ATOL, RTOL, as_float, assert_close, assert_float, assert_int, fail, same

# The contract's bounds on an estimate (e4). Its weights: differences are 0.5 + 0.5 of 3, near peaks 0.9 + 0.9, the law 0.2.
FULL_MIB, FULL_SHARE = 200.0, 0.10  # the larger of the two: full points
HALF_SHARE, HALF = 0.30, 0.5  # within this share of the peak: half of the points
DIFFERENCE_SHARE = 0.15

STATES = {"SGD": 0, "SGD_WITH_MOMENTUM": 1, "ADAM": 2}  # numbers that an optimizer keeps for each one that it trains
BYTE_MB = 1e-6


def assert_megabytes(got: object, expected: float) -> None:
    """The answer is this size in MB, to a byte or the contract's relative tolerance."""
    number = as_float(got)
    if number is not None and expected and abs(number * 2**20 / 1e6 - expected) <= RTOL * expected:
        fail("the size is in MiB (2**20 bytes) and should be in MB (10**6 bytes)", expected=expected, got=got)
    assert_float(got, expected, atol=BYTE_MB)


def estimates_of(solution: Calling, network: object, points: Iterable[Point]) -> dict[Point, float]:
    """Ask for the estimate at each point and return the numbers."""
    estimates: dict[Point, float] = {}
    for point in points:
        got = solution.estimate_training_memory_mib(network, point.optimizer, point.batch_shape)
        number = as_float(got)
        if number is None:
            fail(f"no number came as the estimate for {point.name}", expected="a number of MiB", got=got)
        assert number is not None
        estimates[point] = number
    return estimates


def assert_near_peaks(estimates: dict[Point, float]) -> None:
    """Every estimate is near the measured peak; the one that is worst is shown."""
    peaks = {point: oracles_e.peak_mib(point) for point in estimates}
    if all(_is_near(estimates[point], peak) for point, peak in peaks.items()):
        return
    worst = max(peaks, key=lambda point: _distance(estimates[point], peaks[point]))
    got, peak = estimates[worst], peaks[worst]
    is_half = all(abs(estimates[point] - peak) <= HALF_SHARE * peak for point, peak in peaks.items())
    fail(
        f"the estimate for {worst.name} is {got:.6g} MiB where {peak:.0f} MiB were measured; {_reason(got, peak)}",
        expected=f"{peak:.1f} MiB, within {max(FULL_MIB, FULL_SHARE * peak):.0f} MiB (half of the points: within 30 %)",
        got=f"{got:.6g} MiB",
        fraction=HALF if is_half else 0.0,
    )


def _is_near(got: float, peak: float) -> bool:
    return abs(got - peak) <= max(FULL_MIB, FULL_SHARE * peak)


def _distance(got: float, peak: float) -> float:
    distance = abs(got - peak) / peak
    return distance if distance == distance else float("inf")  # NaN is nowhere


def _reason(got: float, peak: float) -> str:
    units = {"bytes": 2**20, "KiB": 2**10, "GiB": 2**-10}
    for unit, factor in units.items():
        if abs(got - peak * factor) <= HALF_SHARE * peak * factor:
            return f"is it in {unit}?"
    if got > peak:
        return "memory is counted that is not alive at the peak, or twice: an in-place ReLU writes into its input's memory"
    return "weights, gradients, optimizer state, the input and all that the backward pass needs belong in it"


def assert_differences(estimates: dict[Point, float], pairs: Iterable[tuple[Point, Point]]) -> None:
    """From the first point to the second the estimates grow as the measured peaks do; constants cancel."""
    for smaller, larger in pairs:
        got = estimates[larger] - estimates[smaller]
        expected = oracles_e.peak_mib(larger) - oracles_e.peak_mib(smaller)
        if not abs(got - expected) <= DIFFERENCE_SHARE * abs(expected):
            growth = f"the estimate grows by {got:.4g} MiB and the peak by {expected:.4g} MiB"
            fail(
                f"from ({smaller.name}) to ({larger.name}) {growth}",
                expected=f"{expected:.4g} MiB more, within 15 %",
                got=f"{estimates[smaller]:.6g} MiB and {estimates[larger]:.6g} MiB",
            )


def assert_candidate(got: object, fitting: Sequence[int]) -> None:
    """The answer is the largest of those that fit, or None."""
    if fitting:
        assert_int(got, max(fitting))
    elif got is not None:
        fail("none of the candidates fits", expected=None, got=got)


def accumulate(
    solution: Calling, provided: Calling, case: Accumulation, *, old_gradients: float | None = None
) -> tuple[object, dict[str, Any]]:
    """Let gradients be accumulated on top of old ones, if any; return the answer and a snapshot of the model afterwards."""
    model = provided.make_model(case.kind, case.seed, shape=(FEATURES,), classes=CLASSES)
    if old_gradients is not None:
        provided.set_gradients(model, old_gradients)
    criterion = provided.make_criterion(case.criterion)
    answer = solution.accumulate_gradients(model, criterion, case.inputs, case.targets, micro_batch=case.micro_batch)
    return answer, provided.snapshot(model)


def assert_mean_loss_and_gradients(answer: object, gradients: dict[str, Any], case: Accumulation) -> None:
    """The answer is the full batch's mean loss, and the gradients are those of it."""
    loss, wanted = oracles_e.mean_loss_and_gradients(case)
    for name, expected in wanted.items():
        got = gradients[name]
        if got is None and expected is not None:
            fail(f"{name}.grad is None", expected=expected, got=None)
        if isinstance(expected, torch.Tensor):
            assert_gradient(name, got, expected)
    assert_float(answer, loss)


def is_near(got: torch.Tensor, expected: torch.Tensor) -> bool:
    """Whether a gradient is this one, but for rounding: the order of sums is free, and so is the sign of a zero."""
    return bool(((got - expected).abs() <= RTOL * expected.abs() + ATOL * _scale(expected)).all())


def _scale(expected: torch.Tensor) -> float:
    return max(1.0, float(expected.abs().max()))


def assert_gradient(name: str, got: object, expected: torch.Tensor) -> None:
    """A parameter's gradient is this one."""
    if isinstance(got, torch.Tensor) and got.shape == expected.shape and not is_near(got, expected):
        _name_the_factor(name, got, expected)
    assert_close(got, expected, scale=_scale(expected))


def _name_the_factor(name: str, got: torch.Tensor, expected: torch.Tensor) -> None:
    """Say so where a gradient is right but for a factor: that is how it looks when pieces have the wrong weights."""
    largest = int(expected.abs().argmax())
    factor = float(got.flatten()[largest] / expected.flatten()[largest])
    if factor > 0 and is_near(got, factor * expected):
        message = f"{name}.grad is {factor:.4g} times the full batch's gradient"
        fail(f"{message}; each piece's mean counts with its share of the batch", expected=expected, got=got)


def assert_same_tensors(before: dict[str, Any], after: dict[str, Any], what: str) -> None:
    """Tensors by name are what they were, bit by bit."""
    for name, old in before.items():
        if not same(old, after.get(name)):
            fail(f"the call changed {what} {name}", expected=old, got=after.get(name))
