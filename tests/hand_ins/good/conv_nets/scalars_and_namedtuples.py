"""Numbers come back as NumPy scalars or 0-d tensors here, tuples as named tuples."""

import re
from collections import namedtuple
from typing import NamedTuple

import numpy as np
import scipy.ndimage as ndi
import torch

Parameters = namedtuple("Parameters", "weights biases")
Flat = namedtuple("Flat", "n")


class Shape(NamedTuple):
    height: np.int64
    width: np.int64
    channels: np.int64


class Row(NamedTuple):
    name: str
    params: np.int64
    dims: tuple


def conv_param_count(in_channels, filters, kernel):
    kernels = np.full((filters, in_channels), kernel * kernel, dtype=np.int64)
    return Parameters(kernels.sum(), np.int32(filters))


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if np.any(np.array([kernel, stride, dilation]) < 1) or padding < 0:
        raise ValueError(np.array2string(np.array([kernel, stride, padding, dilation])) + " is not legal")
    sides = np.array([height, width], dtype=np.int64) + 2 * padding - dilation * (kernel - 1)
    if (sides < 1).any():
        raise np.exceptions.AxisError("the kernel does not fit into the picture")  # is a ValueError too
    return Shape(*np.ceil(sides / stride).astype(np.int64), torch.tensor(filters))


def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = kernel if stride is None else stride
    h, w = (np.arange(0, side - kernel + 1, stride).size for side in (height, width))
    return Shape(np.uint16(h), torch.tensor(w), np.int8(channels) if channels < 128 else np.int64(channels))


def receptive_field(layers):
    table = np.array([(*layer, 1)[:3] for layer in layers], dtype=np.int64).reshape(-1, 3)
    jumps = np.cumprod(np.concatenate([[1], table[:-1, 1]])) if len(table) else np.ones(0, dtype=np.int64)
    return torch.tensor(1 + ((table[:, 0] - 1) * table[:, 2] * jumps).sum())


def layer_table(layers, input_shape):
    dims = Shape(*input_shape)
    rows = [Row("input", np.int64(0), dims)]
    for name in layers:
        found = re.fullmatch(r"(conv|pool|fc|flatten)([0-9]*)(?:-([0-9]+))?", name)
        kind, size, last = found.groups() if found else (None, None, None)
        if kind == "conv" and size and last:
            count = conv_param_count(int(dims[2]), int(last), int(size))
            row = Row(name, count.weights + count.biases, dims._replace(channels=np.int64(last)))
        elif kind == "pool" and last:
            row = Row(name, np.int64(0), pool_output_shape(*map(int, dims), int(size or last), int(last)))
        elif kind == "flatten" and not size and not last:
            row = Row(name, np.int64(0), Flat(np.prod([int(side) for side in dims])))
        elif kind == "fc" and last and not size:
            row = Row(name, torch.tensor((int(dims[0]) + 1) * int(last)), Flat(np.int64(last)))
        else:
            raise ValueError(f"unknown layer: {name}")
        rows.append(row)
        dims = row.dims
    return rows


# Part B: no NumPy from here on.
def conv2d(x, w):
    return _taps(x, w, 1)


def _taps(x, w, gap):
    h, v = x.shape[0] - gap * (w.shape[0] - 1), x.shape[1] - gap * (w.shape[1] - 1)
    rows = torch.arange(h)[:, None, None, None] + gap * torch.arange(w.shape[0])[None, None, :, None]
    columns = torch.arange(v)[None, :, None, None] + gap * torch.arange(w.shape[1])[None, None, None, :]
    return torch.tensordot(x[rows, columns], w, dims=2)


def conv2d_weight_grad(x, dy):
    return _taps(x, dy, 1)


def conv2d_input_grad(w, dy):
    return conv_transpose2d(dy, w)


def sgd_step(w, dw, lr):
    return torch.lerp(w, w - dw, torch.tensor(lr, dtype=w.dtype))


def weight_grad_std(m, sigma_x, sigma_dy):
    return torch.tensor([m, sigma_x, sigma_dy], dtype=torch.float64).prod()  # a 0-d tensor


def max_pool_backward(x, dy, kernel=2):
    h, w = dy.shape
    windows = x.reshape(h, kernel, w, kernel).transpose(1, 2).reshape(h * w, kernel * kernel)
    order = windows.sort(dim=1, descending=True, stable=False).indices[:, :1]  # any winner of a tie
    out = torch.zeros_like(windows)
    out[torch.arange(h * w), order[:, 0]] = dy.reshape(-1)
    return out.reshape(h, w, kernel, kernel).transpose(1, 2).reshape(x.shape)


def avg_pool_backward(x, dy, kernel=2):
    return torch.kron(dy.contiguous(), torch.full((kernel, kernel), 1 / kernel**2, dtype=dy.dtype))


def conv_transpose2d(x, w, stride=1):
    (h, v), (k, m) = x.shape, w.shape
    rows = stride * torch.arange(h)[:, None, None, None] + torch.arange(k)[None, None, :, None]
    columns = stride * torch.arange(v)[None, :, None, None] + torch.arange(m)[None, None, None, :]
    rows, columns = torch.broadcast_tensors(rows, columns)
    out = x.new_zeros((h - 1) * stride + k, (v - 1) * stride + m)
    return out.index_put((rows, columns), torch.tensordot(x, w, dims=0), accumulate=True)


def dilated_conv2d(x, w, dilation=1):
    return _taps(x, w, dilation)


def averaging_filter(image, size=3):
    # uniform_filter correlates, convolve flips: for an even size the window begins one pixel later
    out = ndi.uniform_filter(
        np.asarray(image, dtype=np.float64), size, mode="reflect", origin=-1 if size % 2 == 0 else 0
    )
    return torch.as_tensor(out) if isinstance(image, torch.Tensor) else out


def laplacian_filter(image):
    out = ndi.laplace(np.asarray(image), mode="reflect")
    return torch.as_tensor(out) if isinstance(image, torch.Tensor) else out
