"""Convolutional Networks, homework of Ada L."""

import re

import numpy as np
import torch

# ---------- Part A ----------


def conv_param_count(in_channels, filters, kernel):
    per_filter = in_channels * kernel * kernel
    return per_filter * filters, filters


def _axis(n, kernel, stride, padding, dilation):
    # count the starting points one after the other: slower than the formula, but I can see that it is right
    reach = (kernel - 1) * dilation
    starts = range(-padding, n + padding - reach, stride)
    return len(starts)


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    for what, value in (("kernel", kernel), ("stride", stride), ("dilation", dilation)):
        if value <= 0:
            raise ValueError(what + " should be positive but is " + str(value))
    if padding < 0:
        raise ValueError("padding should not be negative but is " + str(padding))
    h = _axis(height, kernel, stride, padding, dilation)
    w = _axis(width, kernel, stride, padding, dilation)
    if h == 0 or w == 0:
        raise ValueError("no room for a single output position")
    return (h, w, filters)


def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None:
        stride = kernel
    return (len(range(0, height - kernel + 1, stride)), len(range(0, width - kernel + 1, stride)), channels)


def receptive_field(layers):
    # from the output back to the input
    size = 1
    for layer in list(layers)[::-1]:
        k, s = layer[:2]
        d = layer[2] if len(layer) == 3 else 1
        size = (size - 1) * s + (k - 1) * d + 1
    return size


def layer_table(layers, input_shape):
    table = [("input", 0, tuple(input_shape))]
    for name in layers:
        before = table[-1][2]
        conv = re.fullmatch("conv([0-9]+)-([0-9]+)", name)
        pool = re.fullmatch("pool([0-9]*)-([0-9]+)", name)
        dense = re.fullmatch("fc-([0-9]+)", name)
        if conv:
            k, f = int(conv.group(1)), int(conv.group(2))
            row = (name, sum(conv_param_count(before[2], f, k)), conv_output_shape(*before[:2], k, 1, k // 2, f))
        elif pool:
            s = int(pool.group(2))
            k = int(pool.group(1)) if pool.group(1) else s
            row = (name, 0, pool_output_shape(*before, k, s))
        elif dense:
            n = int(dense.group(1))
            row = (name, before[0] * n + n, (n,))
        elif name == "flatten":
            row = (name, 0, (int(np.prod(before)),))
        else:
            raise ValueError("I do not know a layer " + repr(name))
        table.append(row)
    return table


# ---------- Part B ----------


def conv2d(x, w):
    k = w.shape[0]
    rows, cols = x.shape[0] - k + 1, x.shape[1] - k + 1
    y = torch.zeros(rows, cols, dtype=x.dtype)
    for r in range(rows):
        for c in range(cols):
            y[r, c] = torch.sum(x[r:r + k, c:c + k] * w)
    return y


def conv2d_weight_grad(x, dy):
    # the same sliding, with dy as the kernel (it may be a rectangle)
    rows, cols = x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1
    dw = torch.zeros(rows, cols, dtype=x.dtype)
    for r in range(rows):
        for c in range(cols):
            dw[r, c] = torch.sum(x[r:r + dy.shape[0], c:c + dy.shape[1]] * dy)
    return dw


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    dx = torch.zeros(dy.shape[0] + k - 1, dy.shape[1] + k - 1, dtype=dy.dtype)
    for r in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            dx[r:r + k, c:c + k] += dy[r, c] * w  # give back to every pixel what this output took from it
    return dx


def sgd_step(w, dw, lr):
    return w - dw * lr


def weight_grad_std(m, sigma_x, sigma_dy):
    variance = m * m * sigma_x ** 2 * sigma_dy ** 2  # m*m independent products
    return variance ** 0.5


def max_pool_backward(x, dy, kernel=2):
    dx = torch.zeros_like(x)
    for r in range(dy.shape[0]):
        for c in range(dy.shape[1]):
            top, left = r * kernel, c * kernel
            where = int(torch.argmax(x[top:top + kernel, left:left + kernel]))
            dx[top + where // kernel, left + where % kernel] = dy[r, c]
    return dx


def avg_pool_backward(x, dy, kernel=2):
    dx = torch.zeros_like(x)
    for r in range(x.shape[0]):
        for c in range(x.shape[1]):
            dx[r, c] = dy[r // kernel, c // kernel] / (kernel * kernel)
    return dx


def conv_transpose2d(x, w, stride=1):
    k = w.shape[0]
    y = torch.zeros((x.shape[0] - 1) * stride + k, (x.shape[1] - 1) * stride + k, dtype=x.dtype)
    for r in range(x.shape[0]):
        for c in range(x.shape[1]):
            y[r * stride:r * stride + k, c * stride:c * stride + k] += x[r, c] * w
    return y


def dilated_conv2d(x, w, dilation=1):
    k = w.shape[0]
    reach = (k - 1) * dilation
    y = torch.zeros(x.shape[0] - reach, x.shape[1] - reach, dtype=x.dtype)
    for r in range(y.shape[0]):
        for c in range(y.shape[1]):
            y[r, c] = torch.sum(x[r:r + reach + 1:dilation, c:c + reach + 1:dilation] * w)
    return y


# ---------- Part C ----------


def averaging_filter(image, size=3):
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    padded = np.pad(picture, ((size - 1) // 2, size // 2), mode="symmetric")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size, size))
    means = windows.mean(axis=(2, 3)).astype(picture.dtype)
    return torch.from_numpy(means) if isinstance(image, torch.Tensor) else means


def laplacian_filter(image):
    picture = image.numpy() if isinstance(image, torch.Tensor) else image
    p = np.pad(picture, 1, mode="edge")  # one pixel of mirror is the edge itself
    result = p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * picture
    return torch.from_numpy(result) if isinstance(image, torch.Tensor) else result


if __name__ == "__main__":
    for row in layer_table(["conv3-10", "pool-2", "conv3-10", "pool-2", "flatten", "fc-3"], (28, 28, 1)):
        print(*row)
