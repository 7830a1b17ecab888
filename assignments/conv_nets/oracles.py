"""Expected values for `conv_nets`, each from a source other than the formula that the student is asked for.

Shapes come from torch's operators on the meta device, gradients from autograd in float64, filters from SciPy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import scipy.ndimage
import torch
import torch.nn.functional as F

SAMPLED_RTOL = 0.03  # three standard errors of the worst sampled spread and six of most
Layer = tuple[int, ...]  # (kernel, stride) or (kernel, stride, dilation)


def conv_shape(height: int, width: int, kernel: int, stride: int, padding: int, dilation: int) -> tuple[int, int] | None:
    """Return torch.nn.Conv2d's output height and width, or None where it has no output position."""
    device = _device_for_shapes(height, width, kernel, padding)
    x, w = torch.zeros(1, 1, height, width, device=device), torch.zeros(1, 1, kernel, kernel, device=device)
    if min(height, width) + 2 * padding < dilation * (kernel - 1) + 1:
        return None
    y = F.conv2d(x, w, stride=stride, padding=padding, dilation=dilation)
    return y.shape[2], y.shape[3]


def pool_shape(height: int, width: int, kernel: int, stride: int | None) -> tuple[int, int]:
    """Return torch.nn.MaxPool2d's output height and width."""
    y = F.max_pool2d(torch.zeros(1, 1, height, width, device=_device_for_shapes(height, width, kernel, 0)), kernel, stride)
    return y.shape[2], y.shape[3]


def _device_for_shapes(height: int, width: int, kernel: int, padding: int) -> str:
    """Return where a shape is had for least: the first operator on `meta` in a process imports 500 modules, for seconds."""
    return "cpu" if max(height, width) + 2 * padding <= 200 and kernel <= 20 else "meta"


def measured_field(layers: Sequence[Layer]) -> int:
    """Return the side of the receptive field of a real network: which input pixels change one output unit.

    One dimension is enough, as the layers are square. All weights are 1, so that no gradient cancels.
    """
    length = 1
    for kernel, stride, *rest in reversed(layers):  # the shortest input that gives one output unit
        length = (length - 1) * stride + (kernel - 1) * (rest[0] if rest else 1) + 1
    x = torch.ones(1, 1, length, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, *rest in layers:
        w = torch.full((1, 1, kernel), 1 / kernel, dtype=torch.float64)
        y = F.conv1d(y, w, stride=stride, dilation=rest[0] if rest else 1)
    (gradient,) = torch.autograd.grad(y[0, 0, 0], x)
    touched = gradient[0, 0].nonzero().flatten()
    return int(touched[-1] - touched[0]) + 1


def table(layers: Sequence[str], input_shape: tuple[int, int, int]) -> list[tuple[str, int, tuple[int, ...]]]:
    """Return the rows of a5, with shapes from torch and parameters counted on real modules; ValueError for other names."""
    rows: list[tuple[str, int, tuple[int, ...]]] = [("input", 0, input_shape)]
    shape: tuple[int, ...] = input_shape
    for name in layers:
        params, shape = _layer(name, shape)
        rows.append((name, params, shape))
    return rows


def _layer(name: str, shape: tuple[int, ...]) -> tuple[int, tuple[int, ...]]:
    if not re.fullmatch(r"conv\d+-\d+|pool\d*-\d+|fc-\d+|flatten", name):
        raise ValueError(f"{name!r} is no layer")
    numbers = [int(number) for number in re.findall(r"\d+", name)]
    if name.startswith("conv"):
        kernel, filters = numbers
        module = torch.nn.Conv2d(shape[2], filters, kernel, padding=kernel // 2, device="meta")
        return sum(p.numel() for p in module.parameters()), (shape[0], shape[1], filters)
    if name.startswith("pool"):
        h, w = pool_shape(shape[0], shape[1], numbers[0], numbers[-1])
        return 0, (h, w, shape[2])
    if name == "flatten":
        return 0, (shape[0] * shape[1] * shape[2],)
    module = torch.nn.Linear(shape[0], numbers[0], device="meta")
    return sum(p.numel() for p in module.parameters()), (numbers[0],)


def conv2d(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    """Return the cross-correlation of x (h, w) with w (k, k), computed in float64, in x's dtype."""
    y = F.conv2d(x.double()[None, None], w.double()[None, None], dilation=dilation)
    return y[0, 0].to(x.dtype)


def conv2d_gradients(x: torch.Tensor, w: torch.Tensor, dy: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return (dL/dx, dL/dw) of L = <conv2d(x, w), dy> by autograd in float64, in x's dtype."""
    inputs = x.double().requires_grad_(), w.double().requires_grad_()
    dx, dw = torch.autograd.grad(conv2d(*inputs), inputs, dy.double())
    return dx.to(x.dtype), dw.to(x.dtype)


def conv_transpose2d(x: torch.Tensor, w: torch.Tensor, stride: int) -> torch.Tensor:
    """Return torch's transposed convolution without padding, computed in float64, in x's dtype."""
    return F.conv_transpose2d(x.double()[None, None], w.double()[None, None], stride=stride)[0, 0].to(x.dtype)


def avg_pool_gradient(x: torch.Tensor, dy: torch.Tensor, kernel: int) -> torch.Tensor:
    """Return dL/dx of L = <avg_pool(x), dy> by autograd in float64, in x's dtype."""
    inputs = x.double().requires_grad_()
    (dx,) = torch.autograd.grad(F.avg_pool2d(inputs[None], kernel), inputs, dy.double()[None])
    return dx.to(x.dtype)


def max_pool_gradient(x: torch.Tensor, dy: torch.Tensor, kernel: int) -> torch.Tensor:
    """Return dL/dx of L = <max_pool(x), dy> as torch routes ties."""
    inputs = x.double().requires_grad_()
    (dx,) = torch.autograd.grad(F.max_pool2d(inputs[None], kernel), inputs, dy.double()[None])
    return dx.to(x.dtype)


@lru_cache
def sampled_spread(m: int) -> float:
    """Return the deviation of 20,000 sampled entries of dw for an m by m output and unit deviations.

    A deviation of n samples has the relative standard error sqrt((kurtosis - 1) / 4n). A sum of m * m products of normal numbers
    has the kurtosis 3 + 6 / m**2: the error is 1/100 for m = 1 and 1/200 for large m.
    """
    chance = torch.Generator().manual_seed(m)
    x, dy = torch.randn(2, 20_000, m * m, generator=chance, dtype=torch.float64)
    return float((x * dy).sum(1).std())


def terms(x: torch.Tensor, w: torch.Tensor) -> float:
    """Return the largest possible sum of products |x||w|: the size that rounding errors are measured against."""
    return float(x.double().norm() * w.double().norm())


def average(image: np.ndarray, size: int) -> np.ndarray:
    """Return SciPy's mean over size x size with reflected borders, in float64.

    The picture is reflected by NumPy beforehand: where a 2-D window is more than 8 times as long as a side, SciPy 1.17 reads
    beyond the picture.
    """
    kernel = np.full((size, size), 1 / size**2)
    wide = np.pad(np.asarray(image, dtype=np.float64), size, mode="symmetric")
    return np.asarray(scipy.ndimage.convolve(wide, kernel, mode="reflect"))[size:-size, size:-size]


def laplacian(image: np.ndarray) -> np.ndarray:
    """Return SciPy's 4-neighbour Laplacian with reflected borders, in float64."""
    kernel = np.array([[0.0, 1.0, 0.0], [1.0, -4.0, 1.0], [0.0, 1.0, 0.0]])
    return np.asarray(scipy.ndimage.convolve(np.asarray(image, dtype=np.float64), kernel, mode="reflect"))
