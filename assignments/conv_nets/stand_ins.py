"""The judge's own functions: they say what should have come where a submission gave no answer, and they answer for a
submission's function that has lost its question when another question builds on it.

They run in the judge; the submission's process only sees what they return.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from assignments.conv_nets import oracles

MAX_ELEMENTS = 100_000  # of one argument: a submission must not keep the judge busy


def conv_param_count(in_channels: int, filters: int, kernel: int) -> tuple[int, int]:
    """Stand in for a1."""
    return filters * in_channels * kernel**2, filters


def conv_output_shape(
    height: int, width: int, kernel: int, stride: int = 1, padding: int = 0, filters: int = 1, dilation: int = 1
) -> tuple[int, int, int]:
    """Stand in for a2."""
    if min(kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError("kernel, stride and dilation are at least 1, padding at least 0")
    shape = oracles.conv_shape(height, width, kernel, stride, padding, dilation)
    if shape is None:
        raise ValueError("no output position")
    return (*shape, filters)


def pool_output_shape(height: int, width: int, channels: int, kernel: int, stride: int | None = None) -> tuple[int, int, int]:
    """Stand in for a3."""
    return (*oracles.pool_shape(height, width, kernel, stride), channels)


def receptive_field(layers: Sequence[oracles.Layer]) -> int:
    """Stand in for a4."""
    return oracles.measured_field(layers)


def conv2d(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    """Stand in for b1."""
    return oracles.conv2d(_small(x), _small(w))


def conv2d_weight_grad(x: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """Stand in for b2."""
    return oracles.conv2d(_small(x), _small(dy))


def conv2d_input_grad(w: torch.Tensor, dy: torch.Tensor) -> torch.Tensor:
    """Stand in for b3."""
    return oracles.conv_transpose2d(_small(dy), _small(w), 1)


def conv_transpose2d(x: torch.Tensor, w: torch.Tensor, stride: int = 1) -> torch.Tensor:
    """Stand in for b8."""
    return oracles.conv_transpose2d(_small(x), _small(w), stride)


def dilated_conv2d(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    """Stand in for b9."""
    return oracles.conv2d(_small(x), _small(w), dilation)


def layer_table(layers: Sequence[str], input_shape: tuple[int, int, int]) -> list[tuple[str, int, tuple[int, ...]]]:
    """Stand in for a5."""
    return oracles.table(layers, input_shape)


def sgd_step(w: torch.Tensor, dw: torch.Tensor, lr: float) -> torch.Tensor:
    """Stand in for b4."""
    return w - lr * dw


def weight_grad_std(m: int, sigma_x: float, sigma_dy: float) -> float:
    """Stand in for b5."""
    return m * sigma_x * sigma_dy


def max_pool_backward(x: torch.Tensor, dy: torch.Tensor, kernel: int = 2) -> torch.Tensor:
    """Stand in for b6; a tie goes to the winner that torch chooses."""
    return oracles.max_pool_gradient(_small(x), _small(dy), kernel)


def avg_pool_backward(x: torch.Tensor, dy: torch.Tensor, kernel: int = 2) -> torch.Tensor:
    """Stand in for b7."""
    return oracles.avg_pool_gradient(_small(x), _small(dy), kernel)


def laplacian_filter(image: np.ndarray | torch.Tensor) -> np.ndarray | torch.Tensor:
    """Stand in for c2."""
    result = oracles.laplacian(np.asarray(image))
    return torch.from_numpy(result).to(image.dtype) if isinstance(image, torch.Tensor) else result


def averaging_filter(image: np.ndarray | torch.Tensor, size: int = 3) -> np.ndarray | torch.Tensor:
    """Stand in for c1."""
    if size > 8 * min(image.shape):
        raise ValueError("the window is too large")
    result = oracles.average(np.asarray(image), size)
    return torch.from_numpy(result).to(image.dtype) if isinstance(image, torch.Tensor) else result


def _small(x: torch.Tensor) -> torch.Tensor:
    if x.numel() > MAX_ELEMENTS or x.ndim != 2:
        raise ValueError(f"a tensor of shape {tuple(x.shape)} is no small matrix")
    return x


STAND_INS = {
    function.__name__: function
    for function in (
        *(conv_param_count, conv_output_shape, pool_output_shape, receptive_field, layer_table),
        *(conv2d, conv2d_weight_grad, conv2d_input_grad, sgd_step, weight_grad_std, max_pool_backward),
        *(avg_pool_backward, conv_transpose2d, dilated_conv2d, averaging_filter, laplacian_filter),
    )
}
