"""Public checks of `conv_nets`, part B: square pictures in single precision, from one pixel up."""

from __future__ import annotations

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import convolutions, poolings
from assignments.conv_nets.judging import assert_routed
from grader.checks.comparing import assert_close, assert_float
from grader.checks.marking import question
from grader.checks.restricting import assert_allowed
from grader.checks.strategies import matrices

X = torch.arange(16.0).reshape(4, 4)
W = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
DY = torch.arange(9.0).reshape(3, 3)
POOLED = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
PART_B = {
    "b1": ("conv2d", (X, W), {}),
    "b2": ("conv2d_weight_grad", (X, DY), {}),
    "b3": ("conv2d_input_grad", (W, DY), {}),
    "b4": ("sgd_step", (W, W, 0.5), {}),
    "b5": ("weight_grad_std", (3, 1.0, 2.0), {}),
    "b6": ("max_pool_backward", (X, POOLED), {"kernel": 2}),
    "b7": ("avg_pool_backward", (X, POOLED), {"kernel": 2}),
    "b8": ("conv_transpose2d", (X, W), {"stride": 2}),
    "b9": ("dilated_conv2d", (X, W), {"dilation": 2}),
}
SINGLE = st.just(torch.float32)


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        pytest.param(*call, marks=question(question_id, weight=0, decisive=True), id=call[0])
        for question_id, call in PART_B.items()
    ],
)
def check_only_tensor_arithmetic_is_used(solution, assignment, name, args, kwargs):
    """Part B allows tensor arithmetic only: no torch.nn, torch.conv*, torch.autograd, .backward or NumPy (contract, part B)."""
    assert_allowed(getattr(solution, name), assignment.forbidden[0], *args, **kwargs)


@question("b1")
@given(case=convolutions(max_side=5, square=True, dtypes=SINGLE))
def check_convolution_of_square_pictures(solution, case):
    """y[i, j] is the sum of x[i + u, j + v] * w[u, v]: the kernel is not flipped (torch.nn.functional.conv2d)."""
    got = solution.conv2d(case.x, case.w)
    assert_close(got, oracles.conv2d(case.x, case.w), scale=oracles.terms(case.x, case.w))


@question("b2")
@given(case=convolutions(max_side=5, square=True, dtypes=SINGLE))
def check_weight_gradient_equals_autograd(solution, case):
    """dL/dw for L = <conv2d(x, w), dy>, as torch's autograd finds it."""
    got = solution.conv2d_weight_grad(case.x, case.dy)
    _, dw = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dw, scale=oracles.terms(case.x, case.dy))


@question("b3")
@given(case=convolutions(max_side=5, square=True, dtypes=SINGLE))
def check_input_gradient_equals_autograd(solution, case):
    """dL/dx for L = <conv2d(x, w), dy>, as torch's autograd finds it."""
    got = solution.conv2d_input_grad(case.w, case.dy)
    dx, _ = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dx, scale=oracles.terms(case.w, case.dy))


@question("b4")
@example(w=W, dw=W, lr=0.0)
@given(w=matrices(2, 2), dw=matrices(2, 2), lr=st.integers(0, 8).map(lambda n: n / 8))
def check_step_goes_against_the_gradient(solution, w, dw, lr):
    """w_new = w - lr * dw; a learning rate of 0 is a step of no length."""
    assert_close(solution.sgd_step(w, dw, lr), w - lr * dw)


@question("b5")
@given(m=st.sampled_from((1, 2, 5, 9)), quarters=st.tuples(st.integers(1, 16), st.integers(1, 16)))
def check_spread_agrees_with_an_experiment(solution, m, quarters):
    """The deviation of 20,000 sampled gradients; its own standard error is at most 1/100, so 3 percent are allowed."""
    sigma_x, sigma_dy = (quarter / 4 for quarter in quarters)
    got = solution.weight_grad_std(m, sigma_x, sigma_dy)
    assert_float(got, oracles.sampled_spread(m) * sigma_x * sigma_dy, rtol=oracles.SAMPLED_RTOL)


@question("b6")
@given(case=poolings(max_windows=2, dtypes=SINGLE))
def check_each_window_sends_its_gradient_to_its_maximum(solution, case):
    """In each 2 x 2 window the largest element gets the window's whole dy, the others get 0; kernel is 2 by default."""
    assert_routed(solution.max_pool_backward(case.x, case.dy), case)


@question("b7")
@given(case=poolings(max_windows=2, dtypes=SINGLE))
def check_average_pooling_spreads_evenly(solution, case):
    """Each element of a 2 x 2 window gets dy / 4, as torch's autograd finds it; kernel is 2 by default."""
    got = solution.avg_pool_backward(case.x, case.dy)
    assert_close(got, oracles.avg_pool_gradient(case.x, case.dy, case.kernel))


@question("b8")
@given(x=matrices(2, 2), w=matrices(2, 2))
def check_two_by_two_becomes_three_by_three(solution, x, w):
    """Each element of x stamps a copy of w, one pixel apart by default; overlaps add up (torch's conv_transpose2d)."""
    assert_close(solution.conv_transpose2d(x, w), oracles.conv_transpose2d(x, w, 1), scale=oracles.terms(x, w))


@question("b9")
@given(case=convolutions(max_side=5, dilation=2, square=True, dtypes=SINGLE))
def check_convolution_with_gaps_of_one(solution, case):
    """y[i, j] is the sum of x[i + 2u, j + 2v] * w[u, v] (torch.nn.functional.conv2d with dilation=2)."""
    got = solution.dilated_conv2d(case.x, case.w, dilation=2)
    assert_close(got, oracles.conv2d(case.x, case.w, 2), scale=oracles.terms(case.x, case.w))
