from __future__ import annotations

import re
from functools import reduce
from operator import mul

import torch
from torch import Tensor


def conv_param_count(in_channels: int, filters: int, kernel: int) -> tuple[int, int]:
    return filters * in_channels * kernel * kernel, filters


def conv_output_shape(
    height: int, width: int, kernel: int, stride: int = 1, padding: int = 0, filters: int = 1, dilation: int = 1
) -> tuple[int, int, int]:
    if kernel < 1:
        raise ValueError(f"kernel must be >= 1, got {kernel}")
    if stride < 1:
        raise ValueError(f"stride must be >= 1, got {stride}")
    if dilation < 1:
        raise ValueError(f"dilation must be >= 1, got {dilation}")
    if padding < 0:
        raise ValueError(f"padding must be >= 0, got {padding}")

    def one_axis(length: int) -> int:
        free = length + 2 * padding - dilation * (kernel - 1) - 1
        if free < 0:
            raise ValueError(f"an axis of {length} pixels is too short for this kernel")
        return free // stride + 1

    return one_axis(height), one_axis(width), filters


def pool_output_shape(height: int, width: int, channels: int, kernel: int, stride: int | None = None) -> tuple[int, int, int]:
    h, w, _ = conv_output_shape(height, width, kernel, kernel if stride is None else stride)
    return h, w, channels


def receptive_field(layers) -> int:
    """Recursion from the book: r = s * (r - 1) + k, with k the dilated kernel."""
    r = 1
    for kernel, stride, *more in layers:
        k = (more[0] if more else 1) * (kernel - 1) + 1
        r = stride * (r - 1) + k
    return r


_LAYERS = {
    r"conv(\d+)-(\d+)": lambda shape, k, f: (int(f) * (shape[2] * int(k) ** 2 + 1), (*shape[:2], int(f))),
    r"pool(\d+)-(\d+)": lambda shape, k, s: (0, pool_output_shape(*shape, int(k), int(s))),
    r"pool-(\d+)": lambda shape, k: (0, pool_output_shape(*shape, int(k))),
    r"flatten": lambda shape: (0, (reduce(mul, shape),)),
    r"fc-(\d+)": lambda shape, n: (int(n) * (shape[0] + 1), (int(n),)),
}


def layer_table(layers, input_shape):
    rows = [("input", 0, input_shape)]
    for name in layers:
        for pattern, describe in _LAYERS.items():
            if found := re.fullmatch(pattern, name):
                params, shape = describe(rows[-1][2], *found.groups())
                rows.append((name, params, shape))
                break
        else:
            raise ValueError(f"unknown layer: {name!r}")
    return rows


def _correlate(x: Tensor, w: Tensor, step: int = 1) -> Tensor:
    """Sum of shifted pictures; w may be rectangular, its taps are `step` apart."""
    h = x.shape[0] - step * (w.shape[0] - 1)
    v = x.shape[1] - step * (w.shape[1] - 1)
    total = torch.zeros(h, v, dtype=x.dtype, device=x.device)
    for i, row in enumerate(w):
        for j, weight in enumerate(row):
            total = total + weight * x[i * step : i * step + h, j * step : j * step + v]
    return total


def conv2d(x: Tensor, w: Tensor) -> Tensor:
    return _correlate(x, w)


def conv2d_weight_grad(x: Tensor, dy: Tensor) -> Tensor:
    return _correlate(x, dy)


def conv2d_input_grad(w: Tensor, dy: Tensor) -> Tensor:
    return conv_transpose2d(dy, w)


def sgd_step(w: Tensor, dw: Tensor, lr: float) -> Tensor:
    return torch.sub(w, lr * dw)


def weight_grad_std(m: int, sigma_x: float, sigma_dy: float) -> float:
    return float(m) * sigma_x * sigma_dy


def max_pool_backward(x: Tensor, dy: Tensor, kernel: int = 2) -> Tensor:
    dx = torch.zeros_like(x)
    for a, row in enumerate(dy):
        for b, slope in enumerate(row):
            window = x[a * kernel : (a + 1) * kernel, b * kernel : (b + 1) * kernel]
            i, j = (window == window.max()).nonzero()[0]  # the first one if there are several
            dx[a * kernel + i, b * kernel + j] = slope
    return dx


def avg_pool_backward(x: Tensor, dy: Tensor, kernel: int = 2) -> Tensor:
    h, w = dy.shape
    return (dy / kernel**2)[:, None, :, None].expand(h, kernel, w, kernel).reshape(x.shape)


def conv_transpose2d(x: Tensor, w: Tensor, stride: int = 1) -> Tensor:
    k = len(w)
    out = torch.zeros(stride * (x.shape[0] - 1) + k, stride * (x.shape[1] - 1) + k, dtype=x.dtype)
    for i in range(k):
        for j in range(k):
            rows = slice(i, i + stride * (x.shape[0] - 1) + 1, stride)
            columns = slice(j, j + stride * (x.shape[1] - 1) + 1, stride)
            out[rows, columns] += w[i, j] * x
    return out


def dilated_conv2d(x: Tensor, w: Tensor, dilation: int = 1) -> Tensor:
    return _correlate(x, w, dilation)


def _at(image, position: int, axis: int):
    """The row or column that the mirror shows at this position."""
    n = image.shape[axis]
    position = position % (2 * n)
    position = position if position < n else 2 * n - 1 - position
    return image[position] if axis == 0 else image[:, position]


def averaging_filter(image, size: int = 3):
    steps = range(-((size - 1) // 2), size // 2 + 1)
    out = image * 0
    for p in range(image.shape[0]):
        out[p] = sum(_at(image, p + s, 0) for s in steps) / size
    half = out
    out = image * 0
    for q in range(image.shape[1]):
        out[:, q] = sum(_at(half, q + s, 1) for s in steps) / size
    return out


def laplacian_filter(image):
    out = -4 * image
    for p in range(image.shape[0]):
        out[p] += _at(image, p - 1, 0) + _at(image, p + 1, 0)
    for q in range(image.shape[1]):
        out[:, q] += _at(image, q - 1, 1) + _at(image, q + 1, 1)
    return out


# Part D and the figures (the rest is not done yet)

import matplotlib.pyplot as plt
from torch import nn


class SimpleCNN(nn.Module):
    def __init__(self, num_filters=3, kernel_size=7, num_classes=3):
        super().__init__()
        self.conv1 = nn.Conv2d(1, num_filters, kernel_size, padding=(kernel_size - 1) // 2)
        self.conv2 = nn.Conv2d(num_filters, num_filters, kernel_size, padding=(kernel_size - 1) // 2)
        self.fc = nn.Linear(num_filters, num_classes)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
        x = torch.relu(self.conv2(x))
        return self.fc(x.mean(dim=(2, 3)))


def train_one_epoch(model, optimizer, criterion, loader, device="cpu"):
    model.train()
    losses, right, seen = [], 0, 0
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        optimizer.zero_grad()
        logits = model(images)
        loss = criterion(logits, labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        right += (logits.argmax(1) == labels).sum().item()
        seen += len(labels)
    return sum(losses) / len(losses), right / seen


def plot_validation_accuracy(counts, cnn_accuracy, mlp_accuracy):
    fig, ax = plt.subplots()
    ax.plot(counts, cnn_accuracy, marker="o")
    ax.plot(counts, mlp_accuracy, marker="s")
    ax.set_xlabel("images per class")
    ax.set_ylabel("validation accuracy")
    return fig


answer_w1 = "The kernels of conv1 look like noise to me, but with **200 epochs** two of them become light and dark bands."
