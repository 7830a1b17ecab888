"""Public checks of `conv_nets`: what students can run. Small cases of every property."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import (
    convolutions,
    geometries,
    impossible_geometries,
    layer_stacks,
    networks,
    poolings,
)
from assignments.conv_nets.judging import assert_routed, assert_rows
from grader.checks.comparing import (
    assert_close,
    assert_float,
    assert_image,
    assert_int,
    assert_ints,
    raises_value_error,
)
from grader.checks.marking import question
from grader.checks.restricting import assert_allowed
from grader.checks.strategies import images, matrices

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


# Part A


@question("a1")
@given(in_channels=st.integers(1, 8), filters=st.integers(1, 16), kernel=st.integers(1, 7))
def check_every_filter_has_its_weights_and_one_bias(solution, in_channels, filters, kernel):
    """A layer has filters * in_channels * kernel**2 weights and one bias for each filter (torch.nn.Conv2d)."""
    layer = torch.nn.Conv2d(in_channels, filters, kernel, device="meta")
    got = solution.conv_param_count(in_channels, filters, kernel)
    assert_ints(got, (layer.weight.numel(), layer.bias.numel()))


@question("a2")
@given(case=geometries(max_side=8, max_kernel=4, max_stride=3, max_dilation=1), filters=st.integers(1, 8))
def check_output_shape_equals_torch(solution, case, filters):
    """Each side is floor((n + 2 * padding - kernel) / stride) + 1, as torch.nn.Conv2d gives it; c is filters."""
    height, width, kernel, stride, padding, _ = case
    got = solution.conv_output_shape(height, width, kernel, stride=stride, padding=padding, filters=filters)
    shape = oracles.conv_shape(height, width, kernel, stride, padding, 1)
    assert_ints(got, (*shape, filters))


@question("a2", law=True)
@given(case=impossible_geometries(both=True))
def check_a_kernel_larger_than_the_padded_picture_is_refused(solution, case):
    """Where the kernel does not fit into the padded picture there is no output position: ValueError, as the contract says."""
    height, width, kernel, stride, padding, dilation = case
    with raises_value_error("the window does not fit into the padded picture"):
        solution.conv_output_shape(height, width, kernel, stride=stride, padding=padding, dilation=dilation)


@question("a3")
@given(kernel=st.integers(1, 4), more=st.tuples(st.integers(0, 8), st.integers(0, 8)), channels=st.integers(1, 8))
def check_pooling_without_a_stride_steps_by_its_kernel(solution, kernel, more, channels):
    """stride=None means the kernel's size, and the last incomplete window is dropped (torch.nn.MaxPool2d)."""
    height, width = kernel + more[0], kernel + more[1]
    got = solution.pool_output_shape(height, width, channels, kernel)
    assert_ints(got, (*oracles.pool_shape(height, width, kernel, None), channels))


@question("a4")
@given(layers=layer_stacks(max_layers=3, max_kernel=3, max_stride=2))
def check_receptive_field_is_what_a_real_network_sees(solution, layers):
    """The field is the input pixels that change one output unit of a real network with these layers, first to last."""
    assert_int(solution.receptive_field(layers), oracles.measured_field(layers))


@question("a5")
def check_the_worked_example(solution):
    """The hand-out's network on a 28x28x1 picture, row by row."""
    layers = ["conv3-10", "pool-2", "conv3-10", "pool-2", "flatten", "fc-3"]
    assert_rows(solution.layer_table(layers, (28, 28, 1)), oracles.table(layers, (28, 28, 1)))


@question("a5")
@given(case=networks(max_convolutions=2))
def check_table_of_small_networks(solution, case):
    """Each row holds the name, the number of parameters and the dimensions after the layer (torch's own modules)."""
    layers, shape = case
    assert_rows(solution.layer_table(layers, shape), oracles.table(layers, shape))


# Part B


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
@given(case=convolutions(max_side=5, square=True))
def check_convolution_of_square_pictures(solution, case):
    """y[i, j] is the sum of x[i + u, j + v] * w[u, v]: the kernel is not flipped (torch.nn.functional.conv2d)."""
    got = solution.conv2d(case.x, case.w)
    assert_close(got, oracles.conv2d(case.x, case.w), scale=oracles.terms(case.x, case.w))


@question("b2")
@given(case=convolutions(max_side=5, square=True))
def check_weight_gradient_equals_autograd(solution, case):
    """dL/dw for L = <conv2d(x, w), dy>, as torch's autograd finds it."""
    got = solution.conv2d_weight_grad(case.x, case.dy)
    _, dw = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dw, scale=oracles.terms(case.x, case.dy))


@question("b3")
@given(case=convolutions(max_side=5, square=True))
def check_input_gradient_equals_autograd(solution, case):
    """dL/dx for L = <conv2d(x, w), dy>, as torch's autograd finds it."""
    got = solution.conv2d_input_grad(case.w, case.dy)
    dx, _ = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dx, scale=oracles.terms(case.w, case.dy))


@question("b4")
@given(w=matrices(2, 2), dw=matrices(2, 2), lr=st.integers(0, 8).map(lambda n: n / 8))
def check_step_goes_against_the_gradient(solution, w, dw, lr):
    """w_new = w - lr * dw."""
    assert_close(solution.sgd_step(w, dw, lr), w - lr * dw)


@question("b5")
@given(m=st.integers(1, 50), sigma_x=st.integers(1, 16), sigma_dy=st.integers(1, 16))
def check_spread_is_that_of_a_sum_of_independent_products(solution, m, sigma_x, sigma_dy):
    """dw sums m * m independent products of variance (sigma_x * sigma_dy)**2, so its deviation is m * sigma_x * sigma_dy."""
    got = solution.weight_grad_std(m, sigma_x / 4, sigma_dy / 4)
    assert_float(got, m * sigma_x * sigma_dy / 16)


@question("b6")
@given(case=poolings(max_windows=2, max_kernel=2))
def check_each_window_sends_its_gradient_to_one_maximum(solution, case):
    """In each window exactly one largest element gets the window's whole dy, all others get 0."""
    got = solution.max_pool_backward(case.x, case.dy, kernel=case.kernel)
    assert_routed(got, case)


@question("b7")
@given(case=poolings(max_windows=2, max_kernel=2))
def check_average_pooling_spreads_evenly(solution, case):
    """Each element of a window gets dy / kernel**2, as torch's autograd finds it."""
    got = solution.avg_pool_backward(case.x, case.dy, kernel=case.kernel)
    assert_close(got, oracles.avg_pool_gradient(case.x, case.dy, case.kernel))


@question("b8")
@given(x=matrices(2, 2), w=matrices(2, 2))
def check_two_by_two_becomes_three_by_three(solution, x, w):
    """Every element of x paints a copy of the kernel, and overlaps add up (torch.nn.functional.conv_transpose2d)."""
    assert_close(solution.conv_transpose2d(x, w), oracles.conv_transpose2d(x, w, 1), scale=oracles.terms(x, w))


@question("b9")
@given(case=convolutions(max_side=5, square=True, dilation=2))
def check_convolution_with_gaps_of_one(solution, case):
    """y[i, j] is the sum of x[i + 2u, j + 2v] * w[u, v] (torch.nn.functional.conv2d with dilation=2)."""
    got = solution.dilated_conv2d(case.x, case.w, dilation=2)
    assert_close(got, oracles.conv2d(case.x, case.w, 2), scale=oracles.terms(case.x, case.w))


# Part C


@question("c1")
@given(image=images(max_side=5))
def check_mean_over_three_by_three(solution, image):
    """Each pixel becomes the mean of its 3 x 3 neighbours, borders reflected (scipy.ndimage.convolve, mode="reflect")."""
    assert_image(solution.averaging_filter(image), oracles.average(image, 3), like=image)


@question("c1")
@given(image=images(max_side=5), size=st.sampled_from((1, 3, 5)))
def check_mean_over_odd_windows(solution, image, size):
    """The window is size x size, so the weights are 1 / size**2 each (scipy.ndimage.convolve, mode="reflect")."""
    assert_image(solution.averaging_filter(image, size=size), oracles.average(image, size), like=image)


@question("c2")
@given(image=images(max_side=5))
def check_laplacian_of_small_pictures(solution, image):
    """The sum of the 4 neighbours minus 4 times the pixel, borders reflected (scipy.ndimage.convolve, mode="reflect")."""
    assert_image(solution.laplacian_filter(image), oracles.laplacian(image), like=image)
