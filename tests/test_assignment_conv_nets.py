"""The oracles of `conv_nets` agree with slow loops that follow the definitions."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.conv_nets import cases, oracles
from grader.checks.comparing import assert_close, same
from grader.checks.strategies import images

few = settings(deadline=None, max_examples=60)


def positions(length, kernel, stride, padding, dilation=1):
    """Count the places of a window by walking along the padded side."""
    window = dilation * (kernel - 1) + 1
    return sum(start + window <= length + 2 * padding for start in range(0, length + 2 * padding, stride))


@given(
    case=cases.geometries(max_side=9, kernels=range(1, 6), max_stride=6, dilations=range(1, 4))
    | cases.impossible_geometries(both=False)
)
@few
def test_the_shape_of_a_convolution_is_the_number_of_places_of_its_window(case):
    height, width, *rest = case
    kernel, stride, padding, dilation = rest
    counted = tuple(positions(side, kernel, stride, padding, dilation) for side in (height, width))
    assert oracles.conv_shape(*case) == (counted if min(counted) else None)


@given(kernel=st.integers(1, 6), stride=st.none() | st.integers(1, 8), more=st.tuples(st.integers(0, 9), st.integers(0, 9)))
@few
def test_the_shape_of_a_pooling_is_the_number_of_places_of_its_window(kernel, stride, more):
    height, width = kernel + more[0], kernel + more[1]
    counted = tuple(positions(side, kernel, stride or kernel, 0) for side in (height, width))
    assert oracles.pool_shape(height, width, kernel, stride) == counted


def touched(layers):
    """Return the input pixels, along one side, from which one output unit is computed."""
    pixels = {0}
    for kernel, stride, *rest in reversed(layers):
        dilation = rest[0] if rest else 1
        pixels = {pixel * stride + step * dilation for pixel in pixels for step in range(kernel)}
    return pixels


@given(layers=cases.layer_stacks(max_layers=4, max_kernel=5, max_stride=4, max_dilation=3))
@few
def test_the_measured_field_spans_the_pixels_from_which_the_unit_is_computed(layers):
    pixels = touched(layers)
    assert oracles.measured_field(layers) == max(pixels) - min(pixels) + 1


def test_the_measured_field_of_known_networks_is_the_known_one():
    assert oracles.measured_field([]) == 1
    assert oracles.measured_field([(3, 1)] * 3) == 7
    assert oracles.measured_field([(1, 2), (1, 3)]) == 1
    assert oracles.measured_field([(3, 2), (3, 2)]) == 7
    assert oracles.measured_field([(2, 3), (2, 1)]) == 5  # strides larger than the kernel: gaps are counted
    assert oracles.measured_field([(3, 1, 2)]) == 5


@given(case=cases.networks(max_layers=4, max_kernel=13))
@few
def test_the_table_follows_from_the_names_alone(case):
    layers, shape = case
    rows = [("input", 0, shape)]
    for name in layers:
        numbers = [int(number) for number in re.findall(r"[0-9]+", name)]
        before = rows[-1][2]
        if name.startswith("conv"):
            kernel, filters = numbers
            rows.append((name, filters * (before[2] * kernel**2 + 1), (*before[:2], filters)))
        elif name.startswith("pool"):
            kernel, stride = numbers[0], numbers[-1]
            rows.append((name, 0, (*(positions(side, kernel, stride, 0) for side in before[:2]), before[2])))
        else:
            units = math.prod(before) if name == "flatten" else numbers[0]
            rows.append((name, 0 if name == "flatten" else (math.prod(before) + 1) * units, (units,)))
    assert oracles.table(layers, shape) == rows


def test_the_table_of_the_worked_example_is_the_contracts():
    rows = oracles.table(["conv3-10", "pool-2", "conv3-10", "pool-2", "flatten", "fc-3"], (28, 28, 1))
    assert [row[1] for row in rows] == [0, 100, 0, 910, 0, 0, 1473]
    assert [row[2] for row in rows] == [(28, 28, 1), (28, 28, 10), (14, 14, 10), (14, 14, 10), (7, 7, 10), (490,), (3,)]


def loops(x, w, dilation=1):
    """Return the cross-correlation by four loops, in float64."""
    k = len(w)
    height, width = (side - dilation * (k - 1) for side in x.shape)
    y = torch.zeros(height, width, dtype=torch.float64)
    for i, j, u, v in itertools.product(range(height), range(width), range(k), range(k)):
        y[i, j] += float(x[i + u * dilation, j + v * dilation]) * float(w[u, v])
    return y


@given(dilated=cases.dilated_convolutions(max_dilation=3))
@few
def test_the_convolution_is_that_of_four_loops(dilated):
    case, dilation = dilated
    assert same(oracles.conv2d(case.x, case.w, dilation), loops(case.x, case.w, dilation).to(case.x.dtype))


@given(case=cases.convolutions(max_side=5))
@few
def test_the_gradients_of_the_convolution_are_the_sums_over_the_places_of_the_window(case):
    dx, dw = torch.zeros(case.x.shape, dtype=torch.float64), torch.zeros(case.w.shape, dtype=torch.float64)
    for i, j in itertools.product(*map(range, case.dy.shape)):
        for u, v in itertools.product(*map(range, case.w.shape)):
            dx[i + u, j + v] += float(case.dy[i, j]) * float(case.w[u, v])
            dw[u, v] += float(case.dy[i, j]) * float(case.x[i + u, j + v])
    got = oracles.conv2d_gradients(case.x, case.w, case.dy)
    assert same(got, (dx.to(case.x.dtype), dw.to(case.x.dtype)))


@given(case=cases.pairs(max_side=4, max_kernel=4), stride=st.integers(1, 4))
@few
def test_the_transposed_convolution_paints_a_kernel_for_each_element(case, stride):
    x, w = case
    k = len(w)
    y = torch.zeros(*((side - 1) * stride + k for side in x.shape), dtype=torch.float64)
    for i, j in itertools.product(*map(range, x.shape)):
        y[i * stride : i * stride + k, j * stride : j * stride + k] += x[i, j].double() * w.double()
    assert same(oracles.conv_transpose2d(x, w, stride), y.to(x.dtype))


@given(case=cases.poolings(max_windows=3, kernels=range(1, 4), ties=True))
@few
def test_the_gradients_of_the_poolings_are_spread_or_sent_to_one_largest_element(case):
    k = case.kernel
    average, largest = (f(case.x, case.dy, k) for f in (oracles.avg_pool_gradient, oracles.max_pool_gradient))
    for i, j in itertools.product(*map(range, case.dy.shape)):
        window = slice(i * k, i * k + k), slice(j * k, j * k + k)
        assert_close(average[window], (case.dy[i, j].double() / k**2).to(case.x.dtype).expand(k, k))
        (winner,) = largest[window][largest[window] != 0].tolist() or [0.0]
        assert winner == case.dy[i, j]
        assert case.dy[i, j] == 0 or case.x[window][largest[window] != 0] == case.x[window].max()


def reflected(index, length):
    """Return the pixel that lies at an index beyond the border: d c b a | a b c d | d c b a."""
    index %= 2 * length
    return index if index < length else 2 * length - 1 - index


def filtered(image, weights):
    """Return the convolution with a table {(row, column) offset: weight}, pixel by pixel."""
    height, width = image.shape
    result = np.zeros((height, width))
    for i, j in itertools.product(range(height), range(width)):
        for (down, right), weight in weights.items():
            result[i, j] += weight * float(image[reflected(i + down, height), reflected(j + right, width)])
    return result


@given(image=images(max_side=5), size=st.integers(1, 14))
@few
def test_the_mean_is_that_of_a_reflected_picture_for_windows_of_every_size(image, size):
    reach = range(-((size - 1) // 2), size // 2 + 1)  # an even window reaches one further down and right
    got = oracles.average(image, size)
    assert got.dtype == np.float64
    np.testing.assert_allclose(
        got, filtered(image, {offset: 1 / size**2 for offset in itertools.product(reach, reach)}), atol=1e-9
    )


def test_the_mean_over_a_window_many_times_as_large_as_the_picture_is_that_of_the_picture():
    for shape in ((1, 1), (1, 3), (2, 5)):
        image = np.arange(float(math.prod(shape))).reshape(shape)
        np.testing.assert_allclose(oracles.average(image, 2 * math.lcm(*shape)), image.mean())


@given(image=images(max_side=6))
@few
def test_the_laplacian_is_the_sum_of_four_neighbours_less_four_times_the_pixel(image):
    weights = {(0, 0): -4, (-1, 0): 1, (1, 0): 1, (0, -1): 1, (0, 1): 1}
    np.testing.assert_allclose(oracles.laplacian(image), filtered(image, weights), atol=1e-9)


@given(case=cases.convolutions(max_side=6))
@few
def test_no_sum_of_products_is_larger_than_the_size_of_its_terms(case):
    assert oracles.conv2d(case.x, case.w).abs().max() <= oracles.terms(case.x, case.w) * (1 + 1e-6)


@pytest.mark.parametrize("m", [1, 2, 5, 9])
def test_the_sampled_spread_agrees_with_the_formula_by_more_than_the_check_demands(m):
    assert abs(oracles.sampled_spread(m) / m - 1) < 0.6 * oracles.SAMPLED_RTOL
