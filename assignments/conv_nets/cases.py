"""Random legal inputs of `conv_nets`, from small ones that a student can follow by hand to the whole legal range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from grader.checks.strategies import floating_dtypes, images, matrices, matrices_with_ties

Geometry = tuple[int, int, int, int, int, int]  # height, width, kernel, stride, padding, dilation


@dataclass(frozen=True, slots=True, kw_only=True)
class Convolution:
    """x (h, w), w (k, k) and dy of the output's shape, all of one dtype."""

    x: torch.Tensor
    w: torch.Tensor
    dy: torch.Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Pooling:
    """x (h, w), dy (h / kernel, w / kernel)."""

    x: torch.Tensor
    dy: torch.Tensor
    kernel: int


@st.composite
def geometries(draw: DrawFn, *, max_side: int, kernels: range, max_stride: int, dilations: range = range(1, 2)) -> Geometry:
    """Return a convolution's geometry with at least one output position."""
    kernel, dilation = draw(st.sampled_from(kernels)), draw(st.sampled_from(dilations))
    padding = draw(st.integers(0, max(kernels)))
    least = max(1, dilation * (kernel - 1) + 1 - 2 * padding)
    height, width = draw(st.integers(least, least + max_side)), draw(st.integers(least, least + max_side))
    return height, width, kernel, draw(st.integers(1, max_stride)), padding, dilation


@st.composite
def impossible_geometries(draw: DrawFn, *, both: bool) -> Geometry:
    """Return a geometry whose window does not fit in one direction (`both`: in either)."""
    kernel, dilation = draw(st.integers(2, 7)), draw(st.integers(1, 3))
    window = dilation * (kernel - 1) + 1
    padding = draw(st.integers(0, (window - 2) // 2))
    fits, too_small = st.integers(window, window + 9), st.integers(1, window - 1 - 2 * padding)
    height, width = draw(too_small), draw(too_small if both else fits)
    if draw(st.booleans()):
        height, width = width, height
    return height, width, kernel, draw(st.integers(1, 5)), padding, dilation


def layer_stacks(
    *, min_layers: int = 0, max_layers: int = 4, max_kernel: int = 5, max_stride: int = 3, max_dilation: int = 1
) -> SearchStrategy[list[tuple[int, ...]]]:
    """Return layers from input to output, (kernel, stride) or, where dilations are wanted, (kernel, stride, dilation)."""
    sizes = st.integers(1, max_kernel), st.integers(1, max_stride)
    layer: SearchStrategy[tuple[int, ...]] = st.tuples(*sizes)
    if max_dilation > 1:
        layer = layer | st.tuples(*sizes, st.integers(1, max_dilation))
    return st.lists(layer, min_size=min_layers, max_size=max_layers)


@st.composite
def networks(
    draw: DrawFn, *, min_layers: int = 0, max_layers: int, max_kernel: int = 9, flat: bool = True
) -> tuple[list[str], tuple[int, int, int]]:
    """Return names of layers and an input shape (h, w, c) on which every window fits; `flat`: it may end in fc layers.

    The layers are convolutions and pools, at least `min_layers` and at most `max_layers`; flatten and fc layers come on top.
    """
    h, w, c = draw(st.integers(4, 40)), draw(st.integers(4, 40)), draw(st.integers(1, 4))
    layers, height, width = [], h, w
    for _ in range(draw(st.integers(min_layers, max_layers))):
        if draw(st.booleans()):
            layers.append(f"conv{2 * draw(st.integers(0, (max_kernel - 1) // 2)) + 1}-{draw(st.integers(1, 20))}")
            continue
        kernel = draw(st.integers(1, min(max_kernel, height, width)))
        named = draw(st.booleans())
        stride = draw(st.integers(1, 3)) if named else kernel
        layers.append(f"pool{kernel}-{stride}" if named else f"pool-{kernel}")
        height, width = (height - kernel) // stride + 1, (width - kernel) // stride + 1
    if flat and draw(st.booleans()):
        layers += ["flatten", *(f"fc-{draw(st.integers(1, 50))}" for _ in range(draw(st.integers(0, 2))))]
    return layers, (h, w, c)


@st.composite
def convolutions(
    draw: DrawFn,
    *,
    min_side: int = 1,
    max_side: int,
    min_kernel: int = 1,
    dilation: int = 1,
    square: bool = False,
    dtypes: SearchStrategy[torch.dtype] = floating_dtypes,
) -> Convolution:
    """Return a convolution with its output's gradient, of rectangular pictures unless `square`."""
    dtype = draw(dtypes)
    kernel = draw(st.integers(min_kernel, max(min_kernel, (max_side - 1) // dilation // 2 + 1)))
    window = dilation * (kernel - 1) + 1
    sides = st.integers(max(window, min_side), max(window, max_side))
    height = draw(sides)
    width = height if square else draw(sides)
    return Convolution(
        x=draw(matrices(height, width, dtype=dtype)),
        w=draw(matrices(kernel, kernel, dtype=dtype)),
        dy=draw(matrices(height - window + 1, width - window + 1, dtype=dtype)),
    )


@st.composite
def dilated_convolutions(draw: DrawFn, *, max_dilation: int, min_kernel: int = 1) -> tuple[Convolution, int]:
    """Return a convolution of a rectangular picture and its dilation."""
    dilation = draw(st.integers(1, max_dilation))
    return draw(convolutions(max_side=9, min_kernel=min_kernel, dilation=dilation)), dilation


@st.composite
def pairs(draw: DrawFn, *, min_side: int = 1, max_side: int, max_kernel: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return x (h, w) and a kernel (k, k) of one dtype."""
    height, width = draw(st.integers(min_side, max_side)), draw(st.integers(min_side, max_side))
    k, dtype = draw(st.integers(1, max_kernel)), draw(floating_dtypes)
    return draw(matrices(height, width, dtype=dtype)), draw(matrices(k, k, dtype=dtype))


@st.composite
def kernels_with_gradients(draw: DrawFn, *, max_side: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return w and dw (k, k) of one dtype."""
    k, dtype = draw(st.integers(1, max_side)), draw(floating_dtypes)
    return draw(matrices(k, k, dtype=dtype)), draw(matrices(k, k, dtype=dtype))


@st.composite
def poolings(
    draw: DrawFn,
    *,
    max_windows: int,
    kernels: range = range(2, 3),
    ties: bool = False,
    dtypes: SearchStrategy[torch.dtype] = floating_dtypes,
) -> Pooling:
    """Return a pooling whose windows tile the picture; with `ties`, equal elements are common, else there are none."""
    kernel, dtype = draw(st.sampled_from(kernels)), draw(dtypes)
    rows, columns = draw(st.integers(1, max_windows)), draw(st.integers(1, max_windows))
    picture = matrices_with_ties if ties else matrices_of_different_elements
    return Pooling(
        x=draw(picture(rows * kernel, columns * kernel, dtype=dtype)),
        dy=draw(matrices(rows, columns, dtype=dtype)),
        kernel=kernel,
    )


@st.composite
def matrices_of_different_elements(draw: DrawFn, height: int, width: int, *, dtype: torch.dtype) -> torch.Tensor:
    """Return a tensor (height, width) whose elements all differ: quarters in a random order, of either sign or of one."""
    count = height * width
    ranks = draw(matrices(1, count)).flatten().argsort(stable=True).argsort()
    lowest = draw(st.sampled_from((1, -count, -count // 2)))
    return ((ranks + lowest) / 4).to(dtype).reshape(height, width)


def bright_pictures() -> SearchStrategy[np.ndarray | torch.Tensor]:
    """Return pictures (h, w) of at least 2 x 2 with a brightness from -256 to 256."""
    return images(min_side=2, max_side=12).map(lambda image: 64 * image)
