"""Hidden checks of `conv_nets`: other sizes, the whole legal range, and the laws behind the formulas."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import (
    convolutions,
    dilated_convolutions,
    geometries,
    impossible_geometries,
    kernels_with_gradients,
    layer_stacks,
    networks,
    pairs,
    poolings,
)
from assignments.conv_nets.judging import assert_inner_product, assert_routed, assert_rows
from grader.checks.comparing import (
    as_float,
    as_int,
    assert_close,
    assert_float,
    assert_image,
    assert_int,
    assert_ints,
    assert_tensor,
    assert_unchanged,
    fail,
    raises_value_error,
    same,
)
from grader.checks.marking import question
from grader.checks.strategies import images, matrices, small_examples

UNKNOWN_LAYERS = (
    "relu",
    "conv3",
    "conv-10",
    "pool",
    "fc",
    "dense-10",
    "dropout-5",
    "fc-ten",
    "conv3-x",
    "conv3-10x",
    "pool-2x",
    "",
)
ILLEGAL = {"kernel": 1, "stride": 1, "dilation": 1, "padding": 0}  # argument -> its least legal value
X, OTHER_X = torch.arange(16.0).reshape(4, 4), torch.arange(16.0).flip(0).reshape(4, 4)
W, DY, OTHER_DY = torch.tensor([[1.0, 2.0], [3.0, 4.0]]), torch.arange(9.0).reshape(3, 3), -torch.arange(9.0).reshape(3, 3)
TWO_CALLS = {  # question -> its function, and two calls of the same shapes with different answers
    "a1": ("conv_param_count", (3, 4, 5), (3, 4, 7)),
    "a2": ("conv_output_shape", (9, 9, 3, 2, 1), (9, 9, 3, 1, 1)),
    "a3": ("pool_output_shape", (9, 9, 2, 3), (9, 9, 2, 2)),
    "a4": ("receptive_field", ([(3, 1), (3, 2)],), ([(3, 2), (3, 1)],)),
    "a5": ("layer_table", (["conv3-4", "pool-2"], (8, 8, 1)), (["conv3-5", "pool-2"], (8, 8, 1))),
    "b1": ("conv2d", (X, W), (OTHER_X, W)),
    "b2": ("conv2d_weight_grad", (X, DY), (X, OTHER_DY)),
    "b3": ("conv2d_input_grad", (W, DY), (W, OTHER_DY)),
    "b4": ("sgd_step", (W, W, 0.5), (W, -W, 0.5)),
    "b5": ("weight_grad_std", (3, 1.0, 2.0), (4, 1.0, 2.0)),
    "b6": ("max_pool_backward", (X, W), (OTHER_X, W)),
    "b7": ("avg_pool_backward", (X, W), (X, -W)),
    "b8": ("conv_transpose2d", (X, W), (OTHER_X, W)),
    "b9": ("dilated_conv2d", (X, W, 2), (OTHER_X, W, 2)),
    "c1": ("averaging_filter", (X.numpy(), 3), (OTHER_X.numpy(), 3)),
    "c2": ("laplacian_filter", (X.numpy(),), (OTHER_X.numpy() ** 2,)),
}
BIG = {"max_side": 9, "square": False}


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [pytest.param(*calls, marks=question(question_id, law=True), id=calls[0]) for question_id, calls in TWO_CALLS.items()],
)
def check_answers_do_not_depend_on_earlier_calls(solution, name, first, second):
    """The same call gives the same answer before and after a call with other values (contract: functions, no memory)."""
    function = getattr(solution, name)
    before, between, after = function(*first), function(*second), function(*first)
    if not same(before, after):
        fail("asked again after another call, it gives another answer", expected=before, got=after)
    if same(before, between):
        fail("two calls that differ got the same answer", expected="another answer than before", got=between)


# Part A


@question("a1")
@given(sizes=st.tuples(st.integers(1, 128), st.integers(1, 128), st.integers(1, 11)))  # to build one is legal, too
def check_parameters_of_large_layers_are_exact(solution, sizes):
    """The numbers are exact ints for layers of any size: filters * in_channels * kernel**2 and filters."""
    in_channels, filters, kernel = sizes
    assert_ints(solution.conv_param_count(*sizes), (filters * in_channels * kernel * kernel, filters))


@question("a1")
@given(in_channels=st.integers(1, 32), filters=st.integers(1, 32), kernel=st.integers(1, 9))
def check_twice_the_filters_are_twice_the_parameters(solution, in_channels, filters, kernel):
    """Filters share nothing, so that twice as many have twice the weights and twice the biases (contract, a1)."""
    once = solution.conv_param_count(in_channels, filters, kernel)
    assert_ints(once, (filters * in_channels * kernel**2, filters))
    assert_ints(solution.conv_param_count(in_channels, 2 * filters, kernel), tuple(2 * as_int(number) for number in once))


@question("a2")
@given(
    case=geometries(max_side=60, max_kernel=11, max_stride=13, max_dilation=4),
    filters=st.integers(1, 64),
    by_position=st.booleans(),
)
def check_output_shape_equals_torch_over_the_whole_range(solution, case, filters, by_position):
    """Rectangular pictures, dilation, and strides larger than the kernel, as torch.nn.Conv2d gives them."""
    height, width, kernel, stride, padding, dilation = case
    if by_position:
        got = solution.conv_output_shape(height, width, kernel, stride, padding, filters, dilation)
    else:
        got = solution.conv_output_shape(
            height, width, kernel, dilation=dilation, filters=filters, padding=padding, stride=stride
        )
    assert_ints(got, (*oracles.conv_shape(height, width, kernel, stride, padding, dilation), filters))


@question("a2")
@given(kernel=st.integers(1, 5), more=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def check_defaults_are_those_of_the_signature(solution, kernel, more):
    """Without further arguments: stride 1, no padding, one filter, dilation 1."""
    height, width = kernel + more[0], kernel + more[1]
    assert_ints(solution.conv_output_shape(height, width, kernel), (more[0] + 1, more[1] + 1, 1))


@question("a2")
@given(half=st.integers(0, 5), dilation=st.integers(1, 3), sides=st.tuples(st.integers(1, 40), st.integers(1, 40)))
def check_same_padding_keeps_the_sides(solution, half, dilation, sides):
    """At stride 1 an odd kernel with padding dilation * (kernel - 1) / 2 keeps height and width (Dumoulin & Visin 2016)."""
    got = solution.conv_output_shape(*sides, 2 * half + 1, padding=dilation * half, dilation=dilation)
    assert_ints(got, (*sides, 1))


@question("a2", law=True)
@given(case=impossible_geometries(both=False))
def check_one_side_without_a_position_is_refused(solution, case):
    """A window that fits in one direction only has no output position: ValueError, also where truncation would give 1."""
    height, width, kernel, stride, padding, dilation = case
    with raises_value_error("the window does not fit into the padded picture in one direction"):
        solution.conv_output_shape(height, width, kernel, stride=stride, padding=padding, dilation=dilation)


@question("a2", law=True)
@pytest.mark.parametrize("argument", list(ILLEGAL))
@given(below=st.integers(1, 4), sides=st.tuples(st.integers(8, 20), st.integers(8, 20)))
def check_illegal_arguments_are_refused(solution, argument, below, sides):
    """kernel, stride and dilation below 1 and a negative padding raise ValueError."""
    least = ILLEGAL[argument]
    with raises_value_error(f"{argument} is at least {least}"):
        solution.conv_output_shape(*sides, **{"kernel": 3, argument: least - below})


@question("a3")
@given(
    kernel=st.integers(1, 9),
    stride=st.none() | st.integers(1, 12),
    more=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    channels=st.integers(1, 64),
)
def check_pooling_shape_equals_torch(solution, kernel, stride, more, channels):
    """Any stride, rectangular pictures, strides larger than the window (torch.nn.MaxPool2d, floor)."""
    height, width = kernel + more[0], kernel + more[1]
    got = solution.pool_output_shape(height, width, channels, kernel, stride=stride)
    assert_ints(got, (*oracles.pool_shape(height, width, kernel, stride), channels))


@question("a3")
@given(stride=st.integers(1, 6), sides=st.tuples(st.integers(1, 60), st.integers(1, 60)), channels=st.integers(1, 64))
def check_pooling_single_pixels_only_leaps(solution, stride, sides, channels):
    """A window of one pixel keeps every stride-th pixel, the first included: ceil(n / stride) of them."""
    got = solution.pool_output_shape(*sides, channels, 1, stride)
    assert_ints(got, (*(-(-side // stride) for side in sides), channels))


@question("a4")
@given(layers=layer_stacks(max_layers=4, max_kernel=5, max_stride=4, max_dilation=3))
def check_receptive_field_of_deep_and_dilated_stacks(solution, layers):
    """Also with dilation, strides larger than the kernel, and layers given as pairs or triples."""
    assert_int(solution.receptive_field(layers), oracles.measured_field(layers))


@question("a4")
@given(kernel=st.integers(1, 9), count=st.integers(0, 12))
def check_equal_layers_of_stride_one_add_up(solution, kernel, count):
    """L layers of kernel K and stride 1 see L * (K - 1) + 1 pixels; no layer sees 1 (contract, a4)."""
    assert_int(solution.receptive_field([(kernel, 1)] * count), count * (kernel - 1) + 1)


@question("a4")
@given(layers=layer_stacks(max_layers=3, max_dilation=3), last=st.tuples(st.integers(1, 5), st.integers(1, 3)))
def check_adding_a_layer_never_shrinks_the_field(solution, layers, last):
    """A further layer sees all that the last one sees, and more unless its kernel is one pixel (contract, part A)."""
    fewer, more = as_int(solution.receptive_field(layers)), as_int(solution.receptive_field([*layers, last]))
    assert_int(fewer, oracles.measured_field(layers))
    if more is None or more < fewer:
        fail("one layer more sees less", expected=f"at least {fewer}", got=more)


@question("a4")
@given(stack=st.lists(st.integers(1, 6), max_size=4), other=st.lists(st.integers(1, 6), max_size=4))
def check_stacks_of_stride_one_compose_additively(solution, stack, other):
    """At stride 1 the field of two stacks in a row is the sum of their fields less 1 (contract, part A)."""
    first, second = [(kernel, 1) for kernel in stack], [(kernel, 1) for kernel in other]
    fields = as_int(solution.receptive_field(first)), as_int(solution.receptive_field(second))
    assert_int(fields[0], oracles.measured_field(first))
    assert_int(fields[1], oracles.measured_field(second))
    assert_int(solution.receptive_field(first + second), sum(fields) - 1)


@question("a4", law=True)
@given(layers=layer_stacks(max_layers=3, max_dilation=2), last=st.tuples(st.integers(1, 5), st.integers(1, 3)))
@small_examples
def check_receptive_field_leaves_its_list_alone(solution, layers, last):
    """The list of layers is the caller's: it is the same after the call."""
    assert_unchanged(solution.receptive_field, [*layers, last])


@question("a5")
@given(case=networks(max_convolutions=5))
def check_table_of_deep_networks(solution, case):
    """Rectangular inputs, several channels, 1 x 1 kernels, overlapping and leaping pools (torch's own modules)."""
    layers, shape = case
    assert_rows(solution.layer_table(layers, shape), oracles.table(layers, shape))


@question("a5")
@given(case=networks(max_convolutions=4))
def check_later_layers_leave_earlier_rows_alone(solution, case):
    """The table of the first layers is the beginning of the table of all layers."""
    layers, shape = case
    whole = oracles.table(layers, shape)
    assert_rows(solution.layer_table(layers, shape), whole)
    assert_rows(solution.layer_table(layers[:-1], shape), whole[: len(layers[:-1]) + 1])


@question("a5", law=True)
@given(case=networks(max_convolutions=1, flat=False), unknown=st.sampled_from(UNKNOWN_LAYERS))
def check_unknown_layers_are_refused(solution, case, unknown):
    """A name that is none of conv<K>-<F>, pool<K>-<S>, pool-<K>, flatten, fc-<N> raises ValueError."""
    layers, shape = case
    flatten = ["flatten"] if unknown.startswith("fc") else []
    with raises_value_error(f"{unknown!r} is no layer"):
        solution.layer_table([*layers, *flatten, unknown], shape)


@question("a5", law=True)
@given(case=networks(max_convolutions=2))
@small_examples
def check_table_leaves_its_list_alone(solution, case):
    """The list of layers is the caller's: it is the same after the call."""
    layers, shape = case
    assert_unchanged(solution.layer_table, layers, shape)


# Part B


@question("b1")
@given(case=convolutions(**BIG))
def check_convolution_of_any_picture(solution, case):
    """Rectangular pictures, kernels from 1 x 1 up, float32 and float64 (torch.nn.functional.conv2d)."""
    got = solution.conv2d(case.x, case.w)
    assert_close(got, oracles.conv2d(case.x, case.w), scale=oracles.terms(case.x, case.w))


@question("b1")
@given(case=convolutions(**BIG), factor=st.integers(-3, 3))
def check_convolution_is_linear_in_the_picture(solution, case, factor):
    """conv(factor * x, w) = factor * conv(x, w): a convolution is a linear map of its picture."""
    got = solution.conv2d(factor * case.x, case.w)
    assert_close(got, factor * oracles.conv2d(case.x, case.w), scale=3 * oracles.terms(case.x, case.w))


@question("b1", law=True)
@given(case=convolutions(max_side=6, square=False))
@small_examples
def check_convolution_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv2d, case.x, case.w)


@question("b2")
@given(case=convolutions(**BIG))
def check_weight_gradient_of_any_picture(solution, case):
    """Rectangular pictures, any kernel that follows from the shapes, float32 and float64 (torch's autograd)."""
    got = solution.conv2d_weight_grad(case.x, case.dy)
    _, dw = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dw, scale=oracles.terms(case.x, case.dy))


@question("b2")
@given(case=convolutions(**BIG))
def check_weight_gradient_is_adjoint_to_the_forward_pass(solution, case):
    """<conv(x, w), dy> = <w, dw>: the defining property of the gradient of a bilinear map."""
    dw = assert_tensor(solution.conv2d_weight_grad(case.x, case.dy), shape=tuple(case.w.shape), dtype=case.w.dtype)
    assert_inner_product(
        case.w * dw,
        oracles.conv2d(case.x, case.w) * case.dy,
        scale=oracles.terms(case.x, case.w) * float(case.dy.norm()),
        message="<w, dw> is not <conv(x, w), dy>",
        got=dw,
    )


@question("b2")
@given(case=convolutions(**BIG), factor=st.integers(-3, 3))
def check_weight_gradient_is_linear_in_dy(solution, case, factor):
    """The gradient for factor * dy is factor times the gradient for dy (contract, part B)."""
    got = solution.conv2d_weight_grad(case.x, factor * case.dy)
    _, dw = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, factor * dw, scale=3 * oracles.terms(case.x, case.dy))


@question("b2", law=True)
@given(case=convolutions(max_side=6, square=False))
@small_examples
def check_weight_gradient_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv2d_weight_grad, case.x, case.dy)


@question("b3")
@given(case=convolutions(**BIG))
def check_input_gradient_of_any_picture(solution, case):
    """Rectangular pictures, kernels from 1 x 1 up, float32 and float64 (torch's autograd)."""
    got = solution.conv2d_input_grad(case.w, case.dy)
    dx, _ = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, dx, scale=oracles.terms(case.w, case.dy))


@question("b3")
@given(case=convolutions(**BIG))
def check_input_gradient_is_adjoint_to_the_forward_pass(solution, case):
    """<conv(x, w), dy> = <x, dx>: the defining property of the gradient of a bilinear map."""
    dx = assert_tensor(solution.conv2d_input_grad(case.w, case.dy), shape=tuple(case.x.shape), dtype=case.x.dtype)
    assert_inner_product(
        case.x * dx,
        oracles.conv2d(case.x, case.w) * case.dy,
        scale=oracles.terms(case.x, case.w) * float(case.dy.norm()),
        message="<x, dx> is not <conv(x, w), dy>",
        got=dx,
    )


@question("b3")
@given(case=convolutions(**BIG), factor=st.integers(-3, 3))
def check_input_gradient_is_linear_in_dy(solution, case, factor):
    """The gradient for factor * dy is factor times the gradient for dy (contract, part B)."""
    got = solution.conv2d_input_grad(case.w, factor * case.dy)
    dx, _ = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert_close(got, factor * dx, scale=3 * oracles.terms(case.w, case.dy))


@question("b3", law=True)
@given(case=convolutions(max_side=6, square=False))
@small_examples
def check_input_gradient_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv2d_input_grad, case.w, case.dy)


@question("b4")
@given(case=kernels_with_gradients(max_side=7), lr=st.floats(0, 2, width=32))
def check_step_of_any_kernel_and_rate(solution, case, lr):
    """w_new = w - lr * dw for kernels of any size, in float32 and float64."""
    w, dw = case
    assert_close(solution.sgd_step(w, dw, lr), w - lr * dw)


@question("b4")
@given(case=kernels_with_gradients(max_side=4), eighths=st.integers(0, 8))
def check_two_half_steps_are_one_step(solution, case, eighths):
    """Against the same gradient two steps of lr / 2 end where one step of lr ends."""
    w, dw = case
    middle = solution.sgd_step(w, dw, eighths / 16)
    assert_close(middle, w - eighths / 16 * dw)
    assert_close(solution.sgd_step(middle, dw, eighths / 16), w - eighths / 8 * dw)


@question("b4", law=True)
@given(w=matrices(3, 3), dw=matrices(3, 3), lr=st.integers(1, 8).map(lambda n: n / 8))
@small_examples
def check_step_leaves_the_old_kernel_alone(solution, w, dw, lr):
    """The step gives a new kernel; w and dw stay as they are (contract, b4)."""
    assert_unchanged(solution.sgd_step, w, dw, lr)


@question("b5")
@given(m=st.integers(1, 1000), sigma_x=st.floats(1e-3, 1e3), sigma_dy=st.floats(1e-3, 1e3))
def check_spread_over_the_whole_range(solution, m, sigma_x, sigma_dy):
    """m * sigma_x * sigma_dy for any side and any deviations."""
    assert_float(solution.weight_grad_std(m, sigma_x, sigma_dy), m * sigma_x * sigma_dy, atol=1e-9)


@question("b5")
@given(m=st.integers(1, 200), sigma_x=st.floats(0.1, 10), sigma_dy=st.floats(0.1, 10))
def check_spread_grows_linearly_in_the_side(solution, m, sigma_x, sigma_dy):
    """Twice the side is four times the summed terms and so twice the deviation (contract, b5)."""
    once = as_float(solution.weight_grad_std(m, sigma_x, sigma_dy))
    assert_float(once, m * sigma_x * sigma_dy)
    assert_float(solution.weight_grad_std(2 * m, sigma_x, sigma_dy), 2 * once)


@question("b5")
@given(m=st.sampled_from((2, 5, 9)), sigma_x=st.sampled_from((0.5, 2.0)), sigma_dy=st.sampled_from((1.0, 3.0)))
def check_spread_agrees_with_an_experiment(solution, m, sigma_x, sigma_dy):
    """The deviation of 20,000 sampled gradients, whose own standard error is 1/200: 3 percent is six of them."""
    got = solution.weight_grad_std(m, sigma_x, sigma_dy)
    assert_float(got, oracles.sampled_spread(m) * sigma_x * sigma_dy, rtol=0.03)


@question("b6")
@given(case=poolings(max_windows=4, max_kernel=4))
def check_windows_of_any_size_send_to_one_maximum(solution, case):
    """Windows of any size, rectangular pictures, negative elements, float32 and float64."""
    assert_routed(solution.max_pool_backward(case.x, case.dy, kernel=case.kernel), case)


@question("b6")
@given(case=poolings(max_windows=3, max_kernel=3, ties=True))
def check_a_tie_has_exactly_one_winner(solution, case):
    """Where a window's largest element occurs twice, one of them gets all of dy; sharing is wrong (contract, b6)."""
    assert_routed(solution.max_pool_backward(case.x, case.dy, kernel=case.kernel), case)


@question("b6", law=True)
@given(case=poolings(max_windows=3, max_kernel=3))
@small_examples
def check_max_pool_backward_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.max_pool_backward, case.x, case.dy, kernel=case.kernel)


@question("b7")
@given(case=poolings(max_windows=4, max_kernel=5))
def check_average_pooling_of_any_window(solution, case):
    """Windows of any size, rectangular pictures, float32 and float64 (torch's autograd)."""
    got = solution.avg_pool_backward(case.x, case.dy, kernel=case.kernel)
    assert_close(got, oracles.avg_pool_gradient(case.x, case.dy, case.kernel))


@question("b7")
@given(case=poolings(max_windows=4, max_kernel=4))
def check_average_pooling_conserves_the_gradient(solution, case):
    """All that flows in flows out: dx sums to the same as dy (contract, part B)."""
    dx = assert_tensor(
        solution.avg_pool_backward(case.x, case.dy, kernel=case.kernel), shape=tuple(case.x.shape), dtype=case.x.dtype
    )
    assert_inner_product(dx, case.dy, scale=float(case.dy.abs().sum()), message="dx does not sum to the sum of dy", got=dx)


@question("b7", law=True)
@given(case=poolings(max_windows=3, max_kernel=3))
@small_examples
def check_avg_pool_backward_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.avg_pool_backward, case.x, case.dy, kernel=case.kernel)


@question("b8")
@given(case=pairs(max_sides=(5, 5, 5)), stride=st.integers(1, 4))
def check_transposed_convolution_of_any_stride(solution, case, stride):
    """Rectangular inputs, strides up to larger than the kernel (torch.nn.functional.conv_transpose2d)."""
    x, w = case
    got = solution.conv_transpose2d(x, w, stride=stride)
    assert_close(got, oracles.conv_transpose2d(x, w, stride), scale=oracles.terms(x, w))


@question("b8")
@given(case=pairs(max_sides=(4, 4, 4)), stride=st.integers(1, 3))
def check_transposed_convolution_is_adjoint_to_the_strided_one(solution, case, stride):
    """<conv_transpose(x, w), y> = <x, conv(y, w)> at the same stride: that is what "transposed" means."""
    x, w = case
    expected = oracles.conv_transpose2d(x, w, stride)
    y = torch.arange(float(expected.numel()), dtype=x.dtype).reshape(expected.shape) % 5 - 2
    got = assert_tensor(solution.conv_transpose2d(x, w, stride=stride), shape=tuple(expected.shape), dtype=x.dtype)
    assert_inner_product(
        got * y,
        x * oracles.conv2d(y, w)[::stride, ::stride],
        scale=oracles.terms(x, w) * float(y.norm()),
        message="<conv_transpose(x, w), y> is not <x, conv(y, w)>",
        got=got,
    )


@question("b8", law=True)
@given(x=matrices(3, 2), w=matrices(2, 2), stride=st.integers(1, 3))
@small_examples
def check_transposed_convolution_leaves_its_arguments_alone(solution, x, w, stride):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.conv_transpose2d, x, w, stride=stride)


@question("b9")
@given(dilated=dilated_convolutions(max_dilation=4))
def check_dilated_convolution_of_any_gap(solution, dilated):
    """Rectangular pictures and any dilation; dilation 1 is the ordinary convolution (torch.nn.functional.conv2d)."""
    case, dilation = dilated
    got = solution.dilated_conv2d(case.x, case.w, dilation=dilation)
    assert_close(got, oracles.conv2d(case.x, case.w, dilation), scale=oracles.terms(case.x, case.w))


@question("b9")
@given(case=convolutions(max_side=5, square=False))
def check_dilation_is_one_unless_said_otherwise(solution, case):
    """Without the argument it is the ordinary convolution."""
    got = solution.dilated_conv2d(case.x, case.w)
    assert_close(got, oracles.conv2d(case.x, case.w), scale=oracles.terms(case.x, case.w))


@question("b9")
@given(dilated=dilated_convolutions(max_dilation=3))
def check_dilation_is_a_kernel_with_zeros_between(solution, dilated):
    """A dilated convolution equals the ordinary one with a kernel that has dilation - 1 zeros between its elements."""
    case, dilation = dilated
    side = dilation * (case.w.shape[0] - 1) + 1
    spread = torch.zeros(side, side, dtype=case.w.dtype)
    spread[::dilation, ::dilation] = case.w
    got = solution.dilated_conv2d(case.x, case.w, dilation=dilation)
    assert_close(got, oracles.conv2d(case.x, spread), scale=oracles.terms(case.x, case.w))


@question("b9", law=True)
@given(case=convolutions(max_side=6, square=False, dilation=2))
@small_examples
def check_dilated_convolution_leaves_its_arguments_alone(solution, case):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.dilated_conv2d, case.x, case.w, dilation=2)


# Part C


@question("c1")
@given(image=images(max_side=10), size=st.integers(1, 8))
def check_mean_over_any_window(solution, image, size):
    """Odd and even windows, placed as scipy.ndimage.convolve places them, borders reflected."""
    assert_image(solution.averaging_filter(image, size), oracles.average(image, size), like=image)


@question("c1")
@given(image=images(min_side=2, max_side=4), size=st.integers(5, 13))
def check_mean_over_windows_larger_than_the_picture(solution, image, size):
    """A window may be larger than the picture: the picture is reflected again and again (scipy.ndimage.convolve)."""
    assert_image(solution.averaging_filter(image, size=size), oracles.average(image, size), like=image)


@question("c1")
@given(value=st.integers(-8, 8), sides=st.tuples(st.integers(1, 9), st.integers(1, 9)), size=st.integers(1, 8))
def check_a_constant_picture_stays_the_same(solution, value, sides, size):
    """A mean of equal pixels is that pixel, whatever the window."""
    image = np.full(sides, float(value))
    assert_image(solution.averaging_filter(image, size=size), image, like=image)


@question("c1", law=True)
@given(image=images(max_side=6), size=st.integers(1, 4))
@small_examples
def check_averaging_leaves_the_picture_alone(solution, image, size):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.averaging_filter, image, size=size)


@question("c2")
@given(image=images(max_side=12))
def check_laplacian_of_any_picture(solution, image):
    """Rectangular pictures from 1 x 1 up, arrays and tensors (scipy.ndimage.convolve, mode="reflect")."""
    assert_image(solution.laplacian_filter(image), oracles.laplacian(image), like=image)


@question("c2")
@given(value=st.integers(-8, 8), sides=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def check_laplacian_of_a_constant_picture_is_zero(solution, value, sides):
    """Where nothing changes the Laplacian is 0, at the borders too (contract, c2)."""
    image = np.full(sides, float(value))
    assert_image(solution.laplacian_filter(image), np.zeros(sides), like=image)


@question("c2")
@given(slopes=st.tuples(st.integers(-4, 4), st.integers(-4, 4)), sides=st.tuples(st.integers(3, 9), st.integers(3, 9)))
def check_laplacian_of_a_ramp_is_zero_inside(solution, slopes, sides):
    """A linear ramp has no curvature: its Laplacian is 0 away from the border."""
    rows, columns = np.mgrid[0 : sides[0], 0 : sides[1]].astype(np.float64)
    image = slopes[0] * rows + slopes[1] * columns
    assert_image(solution.laplacian_filter(image), oracles.laplacian(image), like=image)


@question("c2", law=True)
@given(image=images(max_side=6))
@small_examples
def check_laplacian_leaves_the_picture_alone(solution, image):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.laplacian_filter, image)
