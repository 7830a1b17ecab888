"""The cases of `conv_nets` are legal, reach what the checks speak of, and shrink to what a person can read."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from hypothesis import find, given, settings
from hypothesis import strategies as st

from assignments.conv_nets import cases, oracles
from grader.checks.strategies import images, matrices, matrices_with_ties

FLOATS = (torch.float32, torch.float64)
few = settings(deadline=None, max_examples=60)


def places(length, kernel, stride, padding, dilation):
    """Return how many places a window has along a padded side."""
    window = dilation * (kernel - 1) + 1
    return len(range(0, length + 2 * padding - window + 1, stride))


def assert_matrix(x, dtype=None, largest=4):
    """It is a matrix of multiples of 1/4, which every dtype holds exactly."""
    assert x.ndim == 2
    assert min(x.shape) >= 1
    assert x.dtype in ((dtype,) if dtype else FLOATS)
    assert bool((x * 4 == (x * 4).round()).all())
    assert float(x.abs().max()) <= largest


def assert_convolution(case, dilation=1):
    assert_matrix(case.x)
    assert_matrix(case.w, case.x.dtype)
    assert_matrix(case.dy, case.x.dtype)
    k = len(case.w)
    assert case.w.shape == (k, k)
    assert tuple(case.dy.shape) == tuple(side - dilation * (k - 1) for side in case.x.shape)


@given(case=cases.geometries(max_side=60, kernels=range(2, 12), max_stride=13, dilations=range(1, 5)))
@few
def test_geometries_are_legal_and_have_a_place(case):
    height, width, kernel, stride, padding, dilation = case
    assert min(height, width, kernel, stride, dilation) >= 1
    assert padding >= 0
    assert min(places(side, kernel, stride, padding, dilation) for side in (height, width)) >= 1


@given(case=st.data(), both=st.booleans())
@few
def test_impossible_geometries_are_legal_and_have_no_place(case, both):
    height, width, kernel, stride, padding, dilation = case.draw(cases.impossible_geometries(both=both))
    assert min(height, width, kernel, stride, dilation) >= 1
    assert padding >= 0
    counts = [places(side, kernel, stride, padding, dilation) for side in (height, width)]
    assert min(counts) == 0
    assert (max(counts) == 0) == both


@given(layers=cases.layer_stacks(max_layers=5, max_dilation=2))
@few
def test_layers_are_pairs_or_triples_of_numbers_from_one_up(layers):
    assert len(layers) <= 5
    for layer in layers:
        assert len(layer) in (2, 3)
        assert min(layer) >= 1


NAMES = re.compile(r"conv[0-9]*[13579]-[1-9][0-9]*|pool[1-9][0-9]*-[1-9][0-9]*|pool-[1-9][0-9]*|flatten|fc-[1-9][0-9]*")


@given(case=cases.networks(max_layers=5))
@few
def test_networks_have_legal_names_in_a_legal_order_and_every_window_fits(case):
    layers, shape = case
    assert all(NAMES.fullmatch(name) for name in layers)
    flat = [name in ("flatten",) or name.startswith("fc") for name in layers]
    assert flat == sorted(flat)
    assert [name for name, is_flat in zip(layers, flat, strict=True) if is_flat][:1] in ([], ["flatten"])
    assert layers.count("flatten") <= 1
    assert all(min(dimensions) >= 1 for _, _, dimensions in oracles.table(layers, shape))


@given(case=cases.networks(max_layers=2, flat=False))
@few
def test_networks_that_are_not_flat_can_be_continued_by_any_layer(case):
    assert not any(name.startswith(("flatten", "fc")) for name in case[0])


@given(square=cases.convolutions(max_side=5, square=True), other=cases.convolutions(max_side=9))
@few
def test_convolutions_have_matching_shapes_and_one_dtype(square, other):
    assert_convolution(square)
    assert_convolution(other)
    assert square.x.shape[0] == square.x.shape[1] <= 5
    assert max(other.x.shape) <= 9


@given(dilated=cases.dilated_convolutions(max_dilation=4))
@few
def test_dilated_convolutions_have_matching_shapes(dilated):
    case, dilation = dilated
    assert 1 <= dilation <= 4
    assert_convolution(case, dilation)


@given(pair=cases.pairs(min_side=2, max_side=5, max_kernel=3), gradients=cases.kernels_with_gradients(max_side=7))
@few
def test_pairs_and_kernels_with_gradients_have_one_dtype(pair, gradients):
    x, w = pair
    assert_matrix(x)
    assert_matrix(w, x.dtype)
    assert (max(x.shape) <= 5, min(x.shape) >= 2, w.shape[0] == w.shape[1] <= 3) == (True, True, True)
    assert_matrix(gradients[0])
    assert_matrix(gradients[1], gradients[0].dtype)
    assert gradients[0].shape == gradients[1].shape


@given(case=cases.poolings(max_windows=4, kernels=range(1, 5)) | cases.poolings(max_windows=3, ties=True))
@few
def test_poolings_have_windows_that_tile_the_picture(case):
    assert_matrix(case.x, largest=case.x.numel() / 4 + 2)
    assert_matrix(case.dy, case.x.dtype)
    assert tuple(case.x.shape) == tuple(side * case.kernel for side in case.dy.shape)


@given(case=cases.poolings(max_windows=4, kernels=range(1, 5)))
@few
def test_poolings_without_ties_have_no_two_equal_elements(case):
    assert len(case.x.unique()) == case.x.numel()


@given(case=cases.convolutions(min_side=17, max_side=22, min_kernel=2) | cases.convolutions(max_side=9, min_kernel=2))
@few
def test_convolutions_have_at_least_the_wanted_kernel(case):
    assert_convolution(case)
    assert len(case.w) >= 2
    assert max(case.x.shape) <= 22


@given(case=cases.convolutions(min_side=17, max_side=22), layers=cases.layer_stacks(min_layers=3), network=st.data())
@few
def test_what_is_wanted_large_is_large(case, layers, network):
    assert min(case.x.shape) >= 17
    assert len(layers) >= 3
    names, _ = network.draw(cases.networks(min_layers=3, max_layers=6, flat=False))
    assert 3 <= len(names) <= 6


@given(image=cases.bright_pictures())
@few
def test_bright_pictures_have_rows_and_columns_and_numbers_of_the_size_that_pictures_have(image):
    assert min(image.shape) >= 2
    assert torch.as_tensor(image).dtype in FLOATS
    assert float(abs(image).max()) <= 256


@given(image=images(min_side=2, max_side=4))
@few
def test_pictures_are_arrays_or_tensors_of_a_floating_dtype(image):
    assert_matrix(torch.as_tensor(image))
    assert isinstance(image, np.ndarray | torch.Tensor)
    assert all(2 <= side <= 4 for side in image.shape)


REACHED = {
    "a stride larger than the kernel": (
        cases.geometries(max_side=9, kernels=range(1, 4), max_stride=5),
        lambda g: g[3] > g[2],
    ),
    "a picture that is not square": (
        cases.geometries(max_side=9, kernels=range(1, 4), max_stride=5),
        lambda g: g[0] != g[1],
    ),
    "a picture smaller than the kernel": (
        cases.geometries(max_side=9, kernels=range(1, 6), max_stride=2, dilations=range(1, 3)),
        lambda g: g[0] < g[2],
    ),
    "a rest that is dropped": (
        cases.geometries(max_side=9, kernels=range(1, 4), max_stride=3),
        lambda g: (g[0] + 2 * g[4] - g[2]) % g[3] > 0,
    ),
    "no place where truncation would find one": (
        cases.impossible_geometries(both=False),
        lambda g: all(int((side + 2 * g[4] - g[5] * (g[2] - 1) - 1) / g[3]) + 1 >= 1 for side in g[:2]),
    ),
    "no layers": (cases.layer_stacks(), lambda layers: not layers),
    "pairs and triples together": (cases.layer_stacks(max_dilation=2), lambda layers: {len(layer) for layer in layers} == {2, 3}),
    "a network that ends in two fc layers": (
        cases.networks(max_layers=1),
        lambda c: [n[:2] for n in c[0][-2:]] == ["fc", "fc"],
    ),
    "a pool with a name of its own stride": (
        cases.networks(max_layers=2),
        lambda c: any(re.match("pool[0-9]", n) for n in c[0]),
    ),
    "numbers of two digits": (
        cases.networks(max_layers=2, max_kernel=13),
        lambda c: any(re.match("(conv|pool)[0-9]{2}", n) for n in c[0]),
    ),
    "a kernel of one": (cases.convolutions(max_side=5, square=True), lambda c: len(c.w) == 1),
    "a kernel as large as the picture": (
        cases.convolutions(max_side=5),
        lambda c: c.dy.numel() == 1 and len(c.w) > 1,
    ),
    "double precision": (cases.convolutions(max_side=5), lambda c: c.x.dtype is torch.float64),
    "a tie": (cases.poolings(max_windows=1, ties=True), lambda c: (c.x == c.x.max()).sum() > 1 and c.kernel > 1),
    "a picture of negative elements": (
        cases.poolings(max_windows=1),
        lambda c: bool((c.x < 0).all()) and c.kernel > 1,
    ),
    "a picture of one pixel": (images(), lambda image: tuple(image.shape) == (1, 1)),
    "an array": (images(), lambda image: isinstance(image, np.ndarray)),
    "a bright picture": (cases.bright_pictures(), lambda image: float(abs(image).max()) > 200),
    "a picture of positive elements": (cases.poolings(max_windows=1), lambda c: bool((c.x > 0).all())),
    "a tensor in double precision": (images(), lambda image: image.dtype is torch.float64),
    "the smallest and the largest element": (matrices(1, 2), lambda x: x.tolist() == [[-4.0, 4.0]]),
    "the same of small whole numbers": (matrices_with_ties(1, 2), lambda x: x.tolist() == [[-2.0, 2.0]]),
}


@pytest.mark.parametrize("name", list(REACHED))
def test_cases_reach(name):
    strategy, wanted = REACHED[name]
    find(strategy, wanted, settings=settings(max_examples=20_000, database=None, deadline=None))


def test_cases_shrink_to_what_a_person_can_read():
    case = find(cases.convolutions(max_side=9), lambda case: case.x.numel() > 3, settings=settings(database=None))
    assert (case.x.numel(), case.w.numel()) == (4, 1)
    assert not case.x.any()
    assert find(matrices(2, 2), lambda x: bool((x > 1).any()), settings=settings(database=None)).abs().sum() <= 4
