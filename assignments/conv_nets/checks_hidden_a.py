"""Hidden checks of `conv_nets`, part A: the rest of the legal range, what is not legal, and functions without a memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import geometries, impossible_geometries, layer_stacks, networks
from assignments.conv_nets.judging import assert_no_memory, assert_rows
from grader.checks.comparing import assert_int, assert_ints, assert_unchanged, raises_value_error
from grader.checks.marking import question
from grader.checks.strategies import small_examples

UNKNOWN_LAYERS = (
    *("relu", "conv3", "conv-10", "pool", "fc", "dense-10", "dropout-5", "fc-ten", "conv3-x", "conv3-10x", "pool-2x"),
    "",
)
ILLEGAL = {"kernel": 1, "stride": 1, "dilation": 1, "padding": 0}  # argument -> its least legal value
TWO_CALLS = {  # question -> its function, and two calls with different answers; no other check makes one of them
    "a1": ("conv_param_count", (3, 4, 9), (3, 4, 8)),
    "a2": ("conv_output_shape", (150, 150, 5, 2, 1), (160, 150, 5, 2, 1)),
    "a3": ("pool_output_shape", (9, 9, 70, 2, 3), (12, 9, 70, 2, 3)),
    "a4": ("receptive_field", ([(7, 1), (7, 2)],), ([(9, 1), (7, 2)],)),
    "a5": ("layer_table", (["conv3-24", "pool-2"], (8, 8, 1)), (["conv3-24"], (8, 8, 1))),
}


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [pytest.param(*calls, marks=question(question_id, law=True), id=calls[0]) for question_id, calls in TWO_CALLS.items()],
)
def check_answers_of_part_a_do_not_depend_on_earlier_calls(solution, name, first, second):
    """The same call gives the same answer before and after a call with other values (contract: functions, no memory)."""
    assert_no_memory(getattr(solution, name), first, second)


@question("a1")
@given(sizes=st.tuples(st.integers(9, 128), st.integers(2, 128), st.integers(2, 11)))  # to build one is legal, too
def check_parameters_of_large_layers_are_exact(solution, sizes):
    """The numbers are exact ints for layers of any size: filters * in_channels * kernel**2 and filters."""
    in_channels, filters, kernel = sizes
    assert_ints(solution.conv_param_count(*sizes), (filters * in_channels * kernel * kernel, filters))


@question("a2")
@given(
    case=geometries(max_side=60, kernels=range(5, 12), max_stride=13, dilations=range(1, 5))
    | geometries(max_side=60, kernels=range(2, 5), max_stride=13, dilations=range(2, 5)),
    filters=st.integers(1, 64),
    by_position=st.booleans(),
)
def check_output_shape_equals_torch_over_the_whole_range(solution, case, filters, by_position):
    """Rectangular pictures, dilation, strides larger than the kernel, and the order of the arguments (torch.nn.Conv2d)."""
    height, width, kernel, stride, padding, dilation = case
    if by_position:
        got = solution.conv_output_shape(height, width, kernel, stride, padding, filters, dilation)
    else:
        got = solution.conv_output_shape(
            height, width, kernel, dilation=dilation, filters=filters, padding=padding, stride=stride
        )
    assert_ints(got, (*oracles.conv_shape(height, width, kernel, stride, padding, dilation), filters))


@question("a2")
@given(kernel=st.integers(1, 4), more=st.tuples(st.integers(20, 40), st.integers(20, 40)))
def check_defaults_are_those_of_the_signature(solution, kernel, more):
    """Without further arguments: stride 1, no padding, one filter, dilation 1."""
    height, width = kernel + more[0], kernel + more[1]
    assert_ints(solution.conv_output_shape(height, width, kernel), (more[0] + 1, more[1] + 1, 1))


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
    others = {"kernel": 3, "stride": 1, "padding": 0, "dilation": 1}
    with raises_value_error(f"{argument} is at least {least}"):
        solution.conv_output_shape(*sides, **{**others, argument: least - below})


@question("a3")
@given(
    kernel=st.integers(1, 9),
    stride=st.integers(1, 12),
    more=st.tuples(st.integers(0, 60), st.integers(0, 60)),
    channels=st.integers(1, 64),
)
def check_pooling_with_a_stride_of_its_own(solution, kernel, stride, more, channels):
    """Any stride, also larger than the window, and rectangular pictures (torch.nn.MaxPool2d, floor)."""
    height, width = kernel + more[0], kernel + more[1]
    got = solution.pool_output_shape(height, width, channels, kernel, stride=stride)
    assert_ints(got, (*oracles.pool_shape(height, width, kernel, stride), channels))


@question("a4")
@given(layers=layer_stacks(min_layers=3, max_layers=8))
def check_receptive_field_of_deep_stacks(solution, layers):
    """Three layers and more: every stride so far counts, so that a further layer never shrinks the field (contract, part A)."""
    assert_int(solution.receptive_field(layers), oracles.measured_field(layers))


@question("a4")
@given(
    first=layer_stacks(max_layers=1, max_stride=4, max_dilation=3),
    last=st.tuples(st.integers(1, 5), st.integers(1, 4), st.integers(2, 4)),
)
def check_receptive_field_of_dilated_layers(solution, first, last):
    """Layers given as (kernel, stride) or (kernel, stride, dilation): the field counts the gaps (Dumoulin & Visin 2016)."""
    layers = [*first, last]
    assert_int(solution.receptive_field(layers), oracles.measured_field(layers))


@question("a4", law=True)
@given(layers=layer_stacks(max_layers=3, max_dilation=2), last=st.tuples(st.integers(1, 5), st.integers(1, 3)))
@small_examples
def check_receptive_field_leaves_its_list_alone(solution, layers, last):
    """The list of layers is the caller's: it is the same after the call."""
    assert_unchanged(solution.receptive_field, [*layers, last])


@question("a5")
@given(case=networks(min_layers=3, max_layers=6, max_kernel=13))
def check_table_of_deep_networks(solution, case):
    """Many layers, kernels and windows of two digits, overlapping and leaping pools (torch's own modules)."""
    layers, shape = case
    assert_rows(solution.layer_table(layers, shape), oracles.table(layers, shape))


@question("a5", law=True)
@given(case=networks(max_layers=1, flat=False), unknown=st.sampled_from(UNKNOWN_LAYERS))
def check_unknown_layers_are_refused(solution, case, unknown):
    """A name that is none of conv<K>-<F>, pool<K>-<S>, pool-<K>, flatten, fc-<N> raises ValueError."""
    layers, shape = case
    flatten = ["flatten"] if unknown.startswith("fc") else []
    with raises_value_error(f"{unknown!r} is no layer"):
        solution.layer_table([*layers, *flatten, unknown], shape)


@question("a5", law=True)
@given(case=networks(min_layers=1, max_layers=2))
@small_examples
def check_table_leaves_its_list_alone(solution, case):
    """The list of layers is the caller's: it is the same after the call."""
    layers, shape = case
    assert_unchanged(solution.layer_table, layers, shape)
