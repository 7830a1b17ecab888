"""Hidden checks of `conv_nets`, part B: any picture in either precision, the laws of gradients, and nothing left behind."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import convolutions, dilated_convolutions, kernels_with_gradients, pairs, poolings
from assignments.conv_nets.judging import assert_inner_product, assert_no_memory, assert_routed
from grader.checks.comparing import assert_close, assert_float, assert_tensor, assert_unchanged
from grader.checks.marking import question
from grader.checks.strategies import matrices, small_examples

X, OTHER_X = torch.arange(2.0, 18.0).reshape(4, 4), torch.arange(2.0, 18.0).flip(0).reshape(4, 4)
W, OTHER_W = torch.tensor([[5.0, 2.0], [3.0, 1.0]]), torch.tensor([[1.0, 2.0], [3.0, 5.0]])
DY, OTHER_DY = torch.arange(2.0, 11.0).reshape(3, 3), torch.arange(2.0, 11.0).flip(0).reshape(3, 3)
# Question -> its function, and two calls of the same shapes and sums with different answers. No other check makes one of them,
# as what a function remembers from there would be the same before and after.
TWO_CALLS = {
    "b1": ("conv2d", (X, W), (OTHER_X, W)),
    "b2": ("conv2d_weight_grad", (X, DY), (X, OTHER_DY)),
    "b3": ("conv2d_input_grad", (W, DY), (W, OTHER_DY)),
    "b4": ("sgd_step", (W, W, 0.5), (W, OTHER_W, 0.5)),
    "b5": ("weight_grad_std", (7, 1.0, 2.0), (8, 1.0, 2.0)),
    "b6": ("max_pool_backward", (X, W, 2), (OTHER_X, W, 2)),
    "b7": ("avg_pool_backward", (X, W, 2), (X, OTHER_W, 2)),
    "b8": ("conv_transpose2d", (X, W, 1), (OTHER_X, W, 1)),
    "b9": ("dilated_conv2d", (X, W, 2), (OTHER_X, W, 2)),
}
ANY = {"max_side": 9, "min_kernel": 2}
LARGE = {"min_side": 17, "max_side": 22, "min_kernel": 2}  # of pictures
SINGLE = st.just(torch.float32)
FACTORS = st.sampled_from([sign * 2.0**power for power in (0, 4, 14, 18) for sign in (1, -1)])  # exact in every floating dtype


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [pytest.param(*calls, marks=question(question_id, law=True), id=calls[0]) for question_id, calls in TWO_CALLS.items()],
)
def check_answers_of_part_b_do_not_depend_on_earlier_calls(solution, name, first, second):
    """The same call gives the same answer before and after a call with other values (contract: functions, no memory)."""
    assert_no_memory(getattr(solution, name), first, second)


@question("b1")
@given(case=convolutions(**ANY))
def check_convolution_of_any_picture(solution, case):
    """Rectangular pictures, kernels up to the whole picture, float32 and float64 (torch.nn.functional.conv2d)."""
    got = solution.conv2d(case.x, case.w)
    assert_close(got, oracles.conv2d(case.x, case.w), scale=oracles.terms(case.x, case.w))


@question("b1", law=True)
@given(case=convolutions(max_side=5, min_kernel=2, square=True))
@small_examples
def check_convolution_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv2d, case.x, case.w)


@question("b2")
@given(case=convolutions(**ANY))
def check_weight_gradient_of_any_picture(solution, case):
    """Rectangular pictures, any kernel that follows from the shapes, float32 and float64 (torch's autograd)."""
    got = solution.conv2d_weight_grad(case.x, case.dy)
    _, dw = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dw, scale=oracles.terms(case.x, case.dy))


@question("b2")
@given(case=convolutions(**LARGE, square=True, dtypes=SINGLE))
@small_examples
def check_weight_gradient_is_adjoint_to_the_forward_pass(solution, case):
    """<conv(x, w), dy> = <w, dw>, also for large pictures: what the gradient of a bilinear map must keep."""
    dw = assert_tensor(solution.conv2d_weight_grad(case.x, case.dy), shape=tuple(case.w.shape), dtype=case.w.dtype)
    assert_inner_product(
        case.w * dw,
        oracles.conv2d(case.x, case.w) * case.dy,
        scale=oracles.terms(case.x, case.w) * float(case.dy.norm()),
        message="<w, dw> is not <conv(x, w), dy>",
        got=dw,
    )


@question("b2")
@given(case=convolutions(max_side=5, min_kernel=2, square=True, dtypes=SINGLE), factor=FACTORS)
def check_weight_gradient_is_linear_in_dy(solution, case, factor):
    """The gradient for factor * dy is factor times the gradient for dy, however large (contract, part B)."""
    got = solution.conv2d_weight_grad(case.x, factor * case.dy)
    _, dw = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, factor * dw, scale=abs(factor) * oracles.terms(case.x, case.dy))


@question("b2", law=True)
@given(case=convolutions(max_side=5, min_kernel=2, square=True))
@small_examples
def check_weight_gradient_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv2d_weight_grad, case.x, case.dy)


@question("b3")
@given(case=convolutions(**ANY))
def check_input_gradient_of_any_picture(solution, case):
    """Rectangular pictures, kernels up to the whole picture, float32 and float64 (torch's autograd)."""
    got = solution.conv2d_input_grad(case.w, case.dy)
    dx, _ = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dx, scale=oracles.terms(case.w, case.dy))


@question("b3")
@given(case=convolutions(**LARGE, square=True, dtypes=SINGLE))
@small_examples
def check_input_gradient_is_adjoint_to_the_forward_pass(solution, case):
    """<conv(x, w), dy> = <x, dx>, also for large pictures: what the gradient of a bilinear map must keep."""
    dx = assert_tensor(solution.conv2d_input_grad(case.w, case.dy), shape=tuple(case.x.shape), dtype=case.x.dtype)
    assert_inner_product(
        case.x * dx,
        oracles.conv2d(case.x, case.w) * case.dy,
        scale=oracles.terms(case.x, case.w) * float(case.dy.norm()),
        message="<x, dx> is not <conv(x, w), dy>",
        got=dx,
    )


@question("b3")
@given(case=convolutions(max_side=5, min_kernel=2, square=True, dtypes=SINGLE), factor=FACTORS)
def check_input_gradient_is_linear_in_dy(solution, case, factor):
    """The gradient for factor * dy is factor times the gradient for dy, however large (contract, part B)."""
    got = solution.conv2d_input_grad(case.w, factor * case.dy)
    dx, _ = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, factor * dx, scale=abs(factor) * oracles.terms(case.w, case.dy))


@question("b3", law=True)
@given(case=convolutions(max_side=5, min_kernel=2, square=True))
@small_examples
def check_input_gradient_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv2d_input_grad, case.w, case.dy)


@question("b4")
@given(case=kernels_with_gradients(max_side=7), lr=st.floats(0.015625, 2, width=32))
def check_step_of_any_kernel_and_rate(solution, case, lr):
    """w_new = w - lr * dw for kernels of any size and any rate above 0, in float32 and float64."""
    w, dw = case
    assert_close(solution.sgd_step(w, dw, lr), w - lr * dw)


@question("b4", law=True)
@given(w=matrices(3, 3), dw=matrices(3, 3), lr=st.integers(1, 8).map(lambda n: n / 8))
@small_examples
def check_step_leaves_the_old_kernel_alone(solution, w, dw, lr):
    """The step gives a new kernel; w and dw stay as they are (contract, b4)."""
    assert_unchanged(solution.sgd_step, w, dw, lr)


@question("b5")
@given(m=st.integers(10, 1000), sigma_x=st.floats(1e-3, 1e3), sigma_dy=st.floats(1e-3, 1e3))
def check_spread_over_the_whole_range(solution, m, sigma_x, sigma_dy):
    """Exactly m * sigma_x * sigma_dy for any deviations: twice the side is twice the spread (contract, b5)."""
    assert_float(solution.weight_grad_std(m, sigma_x, sigma_dy), m * sigma_x * sigma_dy, atol=1e-9)


@question("b6")
@given(case=poolings(max_windows=4, kernels=range(1, 5)))
def check_windows_of_any_size_send_to_their_maximum(solution, case):
    """Windows of any size, rectangular pictures, negative elements, float32 and float64; no two elements are equal."""
    assert_routed(solution.max_pool_backward(case.x, case.dy, kernel=case.kernel), case)


@question("b6")
@given(case=poolings(max_windows=3, ties=True))
def check_a_tie_has_exactly_one_winner(solution, case):
    """Where a window's largest element occurs twice, one of them gets all of dy; sharing is wrong (contract, b6)."""
    assert_routed(solution.max_pool_backward(case.x, case.dy, kernel=case.kernel), case)


@question("b6", law=True)
@given(case=poolings(max_windows=3))
@small_examples
def check_max_pool_backward_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.max_pool_backward, case.x, case.dy, kernel=case.kernel)


@question("b7")
@given(case=poolings(max_windows=4, kernels=range(1, 6)))
def check_average_pooling_of_any_window(solution, case):
    """Windows of any size, rectangular pictures, both precisions; all that flows in flows out (torch's autograd)."""
    got = solution.avg_pool_backward(case.x, case.dy, kernel=case.kernel)
    assert_close(got, oracles.avg_pool_gradient(case.x, case.dy, case.kernel))


@question("b7", law=True)
@given(case=poolings(max_windows=3))
@small_examples
def check_avg_pool_backward_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.avg_pool_backward, case.x, case.dy, kernel=case.kernel)


@question("b8")
@given(case=pairs(max_side=5, max_kernel=5), stride=st.integers(1, 4))
def check_transposed_convolution_of_any_stride(solution, case, stride):
    """Rectangular inputs, strides up to larger than the kernel (torch.nn.functional.conv_transpose2d)."""
    x, w = case
    got = solution.conv_transpose2d(x, w, stride=stride)
    assert_close(got, oracles.conv_transpose2d(x, w, stride), scale=oracles.terms(x, w))


@question("b8")
@given(case=pairs(min_side=24, max_side=28, max_kernel=4))
@small_examples
def check_transposed_convolution_is_adjoint_to_the_ordinary_one(solution, case):
    """<conv_transpose(x, w), y> = <x, conv(y, w)>, also for large inputs: that is what "transposed" means."""
    x, w = case
    expected = oracles.conv_transpose2d(x, w, 1)
    y = torch.arange(float(expected.numel()), dtype=x.dtype).reshape(expected.shape) % 5 - 2
    got = assert_tensor(solution.conv_transpose2d(x, w, stride=1), shape=tuple(expected.shape), dtype=x.dtype)
    assert_inner_product(
        got * y,
        x * oracles.conv2d(y, w),
        scale=oracles.terms(x, w) * float(y.norm()),
        message="<conv_transpose(x, w), y> is not <x, conv(y, w)>",
        got=got,
    )


@question("b8", law=True)
@given(x=matrices(3, 3), w=matrices(2, 2), stride=st.integers(1, 3))
@small_examples
def check_transposed_convolution_leaves_its_arguments_alone(solution, x, w, stride):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv_transpose2d, x, w, stride=stride)


@question("b9")
@given(dilated=dilated_convolutions(max_dilation=4, min_kernel=2))
def check_dilated_convolution_of_any_gap(solution, dilated):
    """Rectangular pictures and any dilation; dilation 1 is the ordinary convolution (torch.nn.functional.conv2d)."""
    case, dilation = dilated
    got = solution.dilated_conv2d(case.x, case.w, dilation=dilation)
    assert_close(got, oracles.conv2d(case.x, case.w, dilation), scale=oracles.terms(case.x, case.w))


@question("b9")
@given(case=convolutions(max_side=5, min_kernel=2, square=True, dtypes=SINGLE))
def check_dilation_is_one_unless_said_otherwise(solution, case):
    """Without the argument it is the ordinary convolution."""
    got = solution.dilated_conv2d(case.x, case.w)
    assert_close(got, oracles.conv2d(case.x, case.w), scale=oracles.terms(case.x, case.w))


@question("b9", law=True)
@given(case=convolutions(max_side=6, min_kernel=2, dilation=2, square=True))
@small_examples
def check_dilated_convolution_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.dilated_conv2d, case.x, case.w, dilation=2)
