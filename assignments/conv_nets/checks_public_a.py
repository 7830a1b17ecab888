"""Public checks of `conv_nets`, part A: the smallest cases of every function, where a person can count along."""

from __future__ import annotations

import torch
from hypothesis import example, given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import geometries, impossible_geometries, layer_stacks, networks
from assignments.conv_nets.judging import assert_rows
from grader.checks.comparing import assert_int, assert_ints, raises_value_error
from grader.checks.marking import question

WORKED_EXAMPLE = ["conv3-10", "pool-2", "conv3-10", "pool-2", "flatten", "fc-3"], (28, 28, 1)


@question("a1")
@given(in_channels=st.integers(1, 8), filters=st.integers(1, 16), kernel=st.integers(1, 7))
def check_every_filter_has_its_weights_and_one_bias(solution, in_channels, filters, kernel):
    """A layer has filters * in_channels * kernel**2 weights and one bias for each filter (torch.nn.Conv2d)."""
    layer = torch.nn.Conv2d(in_channels, filters, kernel, device="meta")
    got = solution.conv_param_count(in_channels, filters, kernel)
    assert_ints(got, (layer.weight.numel(), layer.bias.numel()))


@question("a2")
@given(case=geometries(max_side=8, kernels=range(1, 5), max_stride=3), filters=st.integers(1, 8))
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
@given(layers=layer_stacks(max_layers=2, max_kernel=3, max_stride=3))
def check_receptive_field_is_what_a_real_network_sees(solution, layers):
    """The field is the input pixels that change one output unit of a real network with these layers; without any it is 1."""
    assert_int(solution.receptive_field(layers), oracles.measured_field(layers))


@question("a5")
@example(case=WORKED_EXAMPLE)
@given(case=networks(max_layers=2))
def check_table_of_small_networks(solution, case):
    """Each row holds the name, the number of parameters and the dimensions after the layer (torch's own modules)."""
    layers, shape = case
    assert_rows(solution.layer_table(layers, shape), oracles.table(layers, shape))
