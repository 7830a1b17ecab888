"""Comparisons that only `conv_nets` needs."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import Pooling
from grader.checks.calling import Function
from grader.checks.comparing import ATOL, as_int, assert_tensor, fail, same
from grader.checks.showing import show

Row = tuple[str, int, tuple[int, ...]]


def assert_rows(got: object, expected: Sequence[Row]) -> None:
    """The answer is a list of rows (name, params, dimensions); the first row that differs is shown."""
    if not isinstance(got, list | tuple):
        fail("the table is not a list of rows", expected=list(expected), got=got)
    assert isinstance(got, list | tuple)
    for index, (row, wanted) in enumerate(zip(got, expected, strict=False)):
        if not _is_row(row, wanted):
            where = "the input's row" if index == 0 else f"row {index + 1}"
            fail(f"{where} differs", expected=f"{show(wanted)} in {where}", got=f"{show(row)} in {where}")
    if len(got) != len(expected):
        fail(f"{len(got)} rows came where {len(expected)} should", expected=list(expected), got=got)


def _is_row(row: object, expected: Row) -> bool:
    if not isinstance(row, tuple) or len(row) != 3:
        return False
    name, params, dimensions = row
    if not isinstance(name, str) or name != expected[0] or as_int(params) != expected[1] or not isinstance(dimensions, tuple):
        return False
    return tuple(as_int(item) for item in dimensions) == expected[2]


def assert_routed(got: object, case: Pooling) -> None:
    """Each window of the answer (h, w) holds dy once, at one of the window's largest elements, and zeros elsewhere."""
    gradient = assert_tensor(got, shape=tuple(case.x.shape), dtype=case.x.dtype)
    windows, x = (
        t.unfold(0, case.kernel, case.kernel).unfold(1, case.kernel, case.kernel).flatten(2) for t in (gradient, case.x)
    )
    largest = x == x.amax(2, keepdim=True)
    receivers = (windows != 0).sum(2)
    faults = {
        "an element that is not the largest of its window got gradient": (windows.masked_fill(largest, 0) != 0).any(2),
        "more than one element of a window got gradient; a tie has exactly one winner": receivers > 1,
        "a window's gradients do not add up to its dy": ~((windows.sum(2) - case.dy).abs() <= ATOL),
    }
    for message, wrong in faults.items():
        if bool(wrong.any()):
            example = oracles.max_pool_gradient(case.x, case.dy, case.kernel)
            fail(message, expected=f"for example {show(example)}", got=got)


def assert_no_memory(function: Function, first: Sequence[object], second: Sequence[object]) -> None:
    """The same call gives the same answer before and after another one, which gives another answer."""
    before, between, after = function(*first), function(*second), function(*first)
    if not same(before, after):
        fail("asked again after another call, it gives another answer", expected=before, got=after)
    if same(before, between):
        fail("two calls that differ got the same answer", expected="another answer than before", got=between)


def assert_inner_product(left: torch.Tensor, right: torch.Tensor, *, scale: float, message: str, got: object) -> None:
    """Two inner products that a law says are equal are equal; `scale` is the size of their terms."""
    a, b = float(left.double().sum()), float(right.double().sum())
    if not abs(a - b) <= ATOL * max(1.0, scale):
        fail(message, expected=f"both sides {b:.6g}", got=f"{a:.6g} with {show(got)}")
