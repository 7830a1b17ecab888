"""Parts A to C with types; part D is begun and uses torch.nn, as it may."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, overload

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader  # for part D

Dims: TypeAlias = tuple[int, ...]
Row: TypeAlias = tuple[str, int, Dims]


@dataclass(frozen=True, slots=True)
class Window:
    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def __post_init__(self) -> None:
        match self:
            case Window(kernel=k) if k < 1:
                raise ValueError(f"kernel: {k}")
            case Window(stride=s) if s < 1:
                raise ValueError(f"stride: {s}")
            case Window(padding=p) if p < 0:
                raise ValueError(f"padding: {p}")
            case Window(dilation=d) if d < 1:
                raise ValueError(f"dilation: {d}")

    @property
    def span(self) -> int:
        return self.dilation * (self.kernel - 1) + 1

    def __call__(self, side: int) -> int:
        if (free := side + 2 * self.padding - self.span) < 0:
            raise ValueError(f"{self} does not fit on {side} pixels")
        return free // self.stride + 1


@dataclass(kw_only=True)
class Field:
    size: int = 1
    jump: int = 1

    def after(self, window: Window) -> Field:
        return replace(self, size=self.size + (window.span - 1) * self.jump, jump=self.jump * window.stride)


def conv_param_count(in_channels: int, filters: int, kernel: int) -> tuple[int, int]:
    return filters * in_channels * kernel**2, filters


def conv_output_shape(
    height: int, width: int, kernel: int, stride: int = 1, padding: int = 0, filters: int = 1, dilation: int = 1
) -> tuple[int, int, int]:
    window: Final = Window(kernel, stride, padding, dilation)
    return window(height), window(width), filters


def pool_output_shape(
    height: int, width: int, channels: int, kernel: int, stride: int | None = None
) -> tuple[int, int, int]:
    return (window := Window(kernel, stride or kernel))(height), window(width), channels


def receptive_field(layers: Sequence[tuple[int, int] | tuple[int, int, int]]) -> int:
    field = Field()
    for layer in layers:
        match tuple(layer):
            case (kernel, stride):
                window = Window(kernel, stride)
            case (kernel, stride, dilation):
                window = Window(kernel, stride, dilation=dilation)
        field = field.after(window)
    return field.size


def layer_table(layers: Sequence[str], input_shape: tuple[int, int, int]) -> list[Row]:
    rows: list[Row] = [("input", 0, tuple(input_shape))]
    for name in layers:
        *_, (_, _, dims) = rows
        match re.split(r"(?<=[a-z])(?=[0-9])|-", name):
            case ["conv", k, f] if natural(k) and natural(f) and name == f"conv{k}-{f}":
                h, w, c = dims
                rows.append((name, sum(conv_param_count(c, int(f), int(k))), (h, w, int(f))))
            case ["pool", k] if natural(k) and name == f"pool-{k}":
                h, w, c = dims
                rows.append((name, 0, pool_output_shape(h, w, c, int(k))))
            case ["pool", k, s] if natural(k) and natural(s) and name == f"pool{k}-{s}":
                h, w, c = dims
                rows.append((name, 0, pool_output_shape(h, w, c, int(k), int(s))))
            case ["flatten"]:
                rows.append((name, 0, (math.prod(dims),)))
            case ["fc", n] if natural(n) and name == f"fc-{n}":
                rows.append((name, (dims[0] + 1) * int(n), (int(n),)))
            case _:
                raise ValueError(f"layer {name!r} is not one of conv<K>-<F>, pool<K>-<S>, pool-<K>, flatten, fc-<N>")
    return rows


def natural(text: str) -> bool:
    return re.fullmatch("[0-9]+", text) is not None


# ---------------------------------------------------------------- part B
# F.conv2d(x[None, None], w[None, None]) would be the short way; it and loss.backward() are not allowed here.


def conv2d(x: Tensor, w: Tensor) -> Tensor:
    """The same as F.conv2d without padding, and y.backward(dy) gives what the next two functions return."""
    (H, W), (F, np) = x.shape, w.shape  # F and np are the sides of the kernel
    conv = x.new_zeros(H - F + 1, W - np + 1)
    for a, b in pairs(F, np):
        conv += w[a, b] * x[a : a + conv.shape[0], b : b + conv.shape[1]]
    return conv


def pairs(rows: int, columns: int) -> Iterator[tuple[int, int]]:
    yield from ((a, b) for a in range(rows) for b in range(columns))


def conv2d_weight_grad(x: Tensor, dy: Tensor) -> Tensor:
    nn = dy  # "nn" as in "next neighbours"; torch.nn is not used in part B
    backward = conv2d(x, nn)
    message = "F.conv2d(x, dy), nn.Conv2d and .backward() would do this too"
    assert backward.sum() is not message
    return backward


def conv2d_input_grad(w: Tensor, dy: Tensor) -> Tensor:
    # like torch.autograd.grad(y, x, dy), but by hand
    np, F = dy.shape
    numpy = torch.zeros(np + 2 * (w.size(0) - 1), F + 2 * (w.size(1) - 1), dtype=dy.dtype)
    numpy[w.size(0) - 1 :, w.size(1) - 1 :][:np, :F] = dy
    return conv2d(numpy, w.flip([0, 1]))


def sgd_step(w: Tensor, dw: Tensor, lr: float) -> Tensor:
    return w - dw * lr


def weight_grad_std(m: int, sigma_x: float, sigma_dy: float) -> float:
    np: dict[str, float] = {"sqrt": math.sqrt(m * m)}
    return np["sqrt"] * sigma_x * sigma_dy


def max_pool_backward(x: Tensor, dy: Tensor, kernel: int = 2) -> Tensor:
    class conv:  # a local class with a local attribute named like a module's
        nn = torch.zeros_like(x)

    for i, j in pairs(*dy.shape):
        F = slice(i * kernel, (i + 1) * kernel), slice(j * kernel, (j + 1) * kernel)
        a, b = divmod(int((window := x[F]).argmax()), window.shape[1])
        conv.nn[F][a, b] = dy[i, j]
    return conv.nn


def avg_pool_backward(x: Tensor, dy: Tensor, kernel: int = 2) -> Tensor:
    F = lambda t: t.repeat_interleave(kernel, dim=0)  # noqa: E731
    return F(F(dy).T).T / kernel**2


def conv_transpose2d(x: Tensor, w: Tensor, stride: int = 1) -> Tensor:
    """As "torch.nn.functional.conv_transpose2d", written with slices."""
    F, np = (range(n) for n in x.shape)
    y = x.new_zeros(stride * (len(F) - 1) + len(w), stride * (len(np) - 1) + len(w[0]))
    for i in F:
        for j in np:
            y[i * stride :, j * stride :][: len(w), : len(w[0])] += x[i, j] * w
    return y


def dilated_conv2d(x: Tensor, w: Tensor, dilation: int = 1) -> Tensor:
    y: Tensor | Literal[0] = 0
    h, v = (side - dilation * (k - 1) for side, k in zip(x.shape, w.shape, strict=True))
    for a, b in pairs(*w.shape):
        y = y + w[a, b] * x[a * dilation :, b * dilation :][:h, :v]
    return y


# ---------------------------------------------------------------- part C
@overload
def averaging_filter(image: np.ndarray, size: int = 3) -> np.ndarray: ...
@overload
def averaging_filter(image: Tensor, size: int = 3) -> Tensor: ...
def averaging_filter(image, size=3):
    return convolved(image, {(a, b): 1 / size**2 for a, b in pairs(size, size)}, (size - 1) // 2, size // 2)


def laplacian_filter(image):
    return convolved(image, {(0, 1): 1, (1, 0): 1, (1, 2): 1, (2, 1): 1, (1, 1): -4}, 1, 1)


def convolved(image, taps, before, after):
    h, w = image.shape
    out = np.zeros((h, w))
    match image:
        case Tensor():
            return torch.from_numpy(convolved(image.double().numpy(), taps, before, after))
        case np.ndarray():
            padded = np.pad(image, (before, after), mode="symmetric")
            for (a, b), value in taps.items():
                out += value * padded[a : a + h, b : b + w]
    return out


# ---------------------------------------------------------------- part D, not finished
class SimpleCNN(nn.Module):
    def __init__(self, num_filters: int = 3, kernel_size: int = 7, num_classes: int = 3) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, num_filters, kernel_size, padding=(kernel_size - 1) // 2)
        self.conv2 = nn.Conv2d(num_filters, num_filters, kernel_size, padding=(kernel_size - 1) // 2)
        self.fc = nn.Linear(num_filters, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        return self.fc(F.relu(self.conv2(x)).mean(dim=(2, 3)))


def train_one_epoch(model: nn.Module, optimizer, criterion, loader: DataLoader, device: str = "cpu"):
    model.train()
    losses, hits, seen = 0.0, 0, 0
    for images, labels in loader:
        optimizer.zero_grad()
        scores = model(images.to(device))
        loss = criterion(scores, labels.to(device))
        loss.backward()
        optimizer.step()
        losses += loss.item() * len(labels)
        hits += int(np.sum((scores.argmax(1).cpu() == labels).numpy()))
        seen += len(labels)
    return losses / seen, hits / seen
