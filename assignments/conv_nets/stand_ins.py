"""The judge's own functions: they say what should have come where a submission gave no answer, and they answer for a
submission's function that has lost its question when another question builds on it.

They run in the judge; the submission's process only sees what they return.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from assignments.conv_nets import judging_e, oracles
from grader.checks.calling import BoundHandle

# A submission may ask for anything: what would keep the judge busy, or fill its memory, is refused.
MAX_NUMBER = 1_000_000
MAX_LAYERS = 100
MAX_ELEMENTS = 10_000  # of one tensor or picture
MAX_PRODUCTS = 10_000_000  # that one answer takes
MAX_WINDOW = 100
MAX_PARAMETERS = 5000


def conv_param_count(in_channels: int, filters: int, kernel: int) -> tuple[int, int]:
    """Stand in for a1."""
    in_channels, filters, kernel = _whole(in_channels), _whole(filters), _whole(kernel)
    return filters * in_channels * kernel**2, filters


def conv_output_shape(
    height: int, width: int, kernel: int, stride: int = 1, padding: int = 0, filters: int = 1, dilation: int = 1
) -> tuple[int, int, int]:
    """Stand in for a2."""
    geometry = tuple(map(_whole, (height, width, kernel, stride, padding, dilation)))
    if min(kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError("kernel, stride and dilation are at least 1, padding at least 0")
    shape = oracles.conv_shape(*geometry)
    if shape is None:
        raise ValueError("no output position")
    return (*shape, _whole(filters))


def pool_output_shape(height: int, width: int, channels: int, kernel: int, stride: int | None = None) -> tuple[int, int, int]:
    """Stand in for a3."""
    step = None if stride is None else _whole(stride)
    return (*oracles.pool_shape(_whole(height), _whole(width), _whole(kernel), step), _whole(channels))


def receptive_field(layers: Sequence[oracles.Layer]) -> int:
    """Stand in for a4."""
    side = 1
    for kernel, stride, *rest in reversed(_few(layers)):
        kernel, stride, dilation = map(_whole, (kernel, stride, rest[0] if rest else 1))
        side = (side - 1) * stride + (kernel - 1) * dilation + 1
        if min(kernel, stride, dilation) < 1 or side > MAX_ELEMENTS:
            raise ValueError("no layer, or a field that is too large")
    return oracles.measured_field(layers)


def layer_table(layers: Sequence[str], input_shape: tuple[int, int, int]) -> list[tuple[str, int, tuple[int, ...]]]:
    """Stand in for a5."""
    if any(len(name) > 16 for name in _few(layers)):
        raise ValueError("no name of a layer")
    height, width, channels = map(_whole, input_shape)
    return oracles.table(layers, (height, width, channels))


def conv2d(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """Stand in for b1."""
    return oracles.conv2d(*_small_pair(x, w))


def conv2d_weight_grad(x: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """Stand in for b2."""
    return oracles.conv2d(*_small_pair(x, dy))


def conv2d_input_grad(w: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """Stand in for b3."""
    return conv_transpose2d(dy, w)


def sgd_step(w: torch.Tensor, dw: torch.Tensor, lr: float) -> torch.Tensor:
    """Stand in for b4."""
    if _small(w).shape != _small(dw).shape:
        raise ValueError("w and dw differ in shape")
    return w - _real(lr) * dw


def weight_grad_std(m: int, sigma_x: float, sigma_dy: float) -> float:
    """Stand in for b5."""
    return _whole(m) * _real(sigma_x) * _real(sigma_dy)


def max_pool_backward(x: torch.Tensor, dy: torch.Tensor, kernel: int = 2) -> torch.Tensor:
    """Stand in for b6; a tie goes to the winner that torch chooses."""
    return oracles.max_pool_gradient(_small(x), _small(dy), _whole(kernel))


def avg_pool_backward(x: torch.Tensor, dy: torch.Tensor, kernel: int = 2) -> torch.Tensor:
    """Stand in for b7."""
    return oracles.avg_pool_gradient(_small(x), _small(dy), _whole(kernel))


def conv_transpose2d(x: torch.Tensor, w: torch.Tensor, stride: int = 1) -> torch.Tensor:
    """Stand in for b8."""
    x, w = _small_pair(x, w)
    rows, columns = ((side - 1) * _whole(stride) + k for side, k in zip(x.shape, w.shape, strict=True))
    if rows * columns > MAX_PRODUCTS:
        raise ValueError(f"an answer of {rows} x {columns} is too large")
    return oracles.conv_transpose2d(x, w, _whole(stride))


def dilated_conv2d(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    """Stand in for b9."""
    return oracles.conv2d(*_small_pair(x, w), _whole(dilation))


def averaging_filter(image: np.ndarray | torch.Tensor, size: int = 3) -> np.ndarray | torch.Tensor:
    """Stand in for c1."""
    picture, size = _picture(image), _whole(size)
    if not 1 <= size <= MAX_WINDOW or size**2 * picture.size > MAX_PRODUCTS:
        raise ValueError(f"a window of size {size} on a picture of shape {picture.shape}")
    return _of_kind(image, oracles.average(picture, size))


def laplacian_filter(image: np.ndarray | torch.Tensor) -> np.ndarray | torch.Tensor:
    """Stand in for c2."""
    return _of_kind(image, oracles.laplacian(_picture(image)))


def count_parameters(model: BoundHandle, only_trainable: bool = False) -> int:
    """Stand in for e1; the model stays in the runner, which tells what its parameters are."""
    return sum(parameter.attribute("numel")() for parameter in _parameters(model, only_trainable=only_trainable))


def model_size_mb(model: BoundHandle) -> float:
    """Stand in for e2, as for e1."""
    return sum(map(_bytes, _parameters(model, only_trainable=False))) / 1e6


def optimizer_state_mb(model: BoundHandle, optimizer: str) -> float:
    """Stand in for e3, as for e1."""
    if optimizer not in judging_e.STATES:
        raise ValueError(f"the optimizer {optimizer!r}")
    return judging_e.STATES[optimizer] * sum(map(_bytes, _parameters(model, only_trainable=True))) / 1e6


def _parameters(model: BoundHandle, *, only_trainable: bool) -> Iterator[BoundHandle]:
    if not isinstance(model, BoundHandle):
        raise TypeError("no model")
    for count, parameter in enumerate(model.attribute("parameters").keep().items(keep=True)):
        if count == MAX_PARAMETERS:
            raise ValueError(f"a model of more than {MAX_PARAMETERS} parameters")
        if parameter.attribute("requires_grad") or not only_trainable:
            yield parameter


def _bytes(parameter: BoundHandle) -> int:
    return int(parameter.attribute("numel")()) * int(parameter.attribute("element_size")())


def _whole(value: int) -> int:
    number = operator.index(value)
    if abs(number) > MAX_NUMBER:
        raise ValueError("a number that is too large")
    return number


def _real(value: float) -> float:
    if not isinstance(value, float | int | np.generic | torch.Tensor) or abs(value) > MAX_NUMBER:
        raise ValueError("no number, or one that is too large")
    return float(value)


def _few(layers: Sequence[object]) -> Sequence[object]:
    if not isinstance(layers, list | tuple) or len(layers) > MAX_LAYERS:
        raise ValueError("no list of layers, or too many of them")
    return layers


def _small(x: torch.Tensor) -> torch.Tensor:
    if not isinstance(x, torch.Tensor) or x.is_complex() or x.ndim != 2 or not 0 < x.numel() <= MAX_ELEMENTS:
        raise ValueError(f"{_what(x)} is no small matrix")
    return x


def _small_pair(x: torch.Tensor, w: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    if _small(x).numel() * _small(w).numel() > MAX_PRODUCTS:
        raise ValueError(f"{_what(x)} and {_what(w)} are too large together")
    return x, w


def _picture(image: np.ndarray | torch.Tensor) -> np.ndarray:
    picture = np.asarray(_small(image)) if isinstance(image, torch.Tensor) else image
    if (
        not isinstance(picture, np.ndarray)
        or picture.dtype.kind == "c"
        or picture.ndim != 2
        or not 0 < picture.size <= MAX_ELEMENTS
    ):
        raise ValueError(f"{_what(image)} is no small picture")
    return picture


def _of_kind(image: np.ndarray | torch.Tensor, result: np.ndarray) -> np.ndarray | torch.Tensor:
    return torch.from_numpy(result).to(image.dtype) if isinstance(image, torch.Tensor) else result


def _what(value: object) -> str:
    return f"a {type(value).__name__} of shape {tuple(value.shape)}" if hasattr(value, "shape") else f"a {type(value).__name__}"


STAND_INS = {
    function.__name__: function
    for function in (
        *(conv_param_count, conv_output_shape, pool_output_shape, receptive_field, layer_table),
        *(conv2d, conv2d_weight_grad, conv2d_input_grad, sgd_step, weight_grad_std, max_pool_backward),
        *(avg_pool_backward, conv_transpose2d, dilated_conv2d, averaging_filter, laplacian_filter),
        *(count_parameters, model_size_mb, optimizer_state_mb),
    )
}
