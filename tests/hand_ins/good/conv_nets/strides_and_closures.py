"""No `def` where a lambda will do."""
from functools import partial, reduce
from operator import mul
import re

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

_refuse = lambda text: (_ for _ in ()).throw(ValueError(text))

conv_param_count = lambda in_channels, filters, kernel: (filters * in_channels * kernel * kernel, filters)

_side = lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s + 1

conv_output_shape = lambda height, width, kernel, stride=1, padding=0, filters=1, dilation=1: (
    _refuse("kernel, stride, dilation must be positive and padding not negative")
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0
    else _refuse("no output position exists")
    if min(height, width) + 2 * padding < dilation * (kernel - 1) + 1
    else (_side(height, kernel, stride, padding, dilation), _side(width, kernel, stride, padding, dilation), filters)
)

pool_output_shape = lambda height, width, channels, kernel, stride=None: (
    _side(height, kernel, stride or kernel, 0, 1),
    _side(width, kernel, stride or kernel, 0, 1),
    channels,
)

receptive_field = lambda layers: reduce(
    lambda state, layer: (
        state[0] + (layer[0] - 1) * (tuple(layer) + (1,))[2] * state[1],
        state[1] * layer[1],
    ),
    layers,
    (1, 1),
)[0]


def _reader(pattern, make):
    regex = re.compile(pattern + r"\Z", re.ASCII)

    def read(name, dims):
        m = regex.match(name)
        return None if m is None else (name, *make(dims, *map(int, m.groups())))

    return read


_readers = [
    _reader(r"conv(\d+)-(\d+)", lambda d, k, f: (sum(conv_param_count(d[2], f, k)), (*d[:2], f))),
    _reader(r"pool(\d+)-(\d+)", lambda d, k, s: (0, pool_output_shape(*d, k, s))),
    _reader(r"pool-(\d+)", lambda d, k: (0, pool_output_shape(*d, k))),
    _reader(r"flatten", lambda d: (0, (reduce(mul, d),))),
    _reader(r"fc-(\d+)", lambda d, n: (n * d[0] + n, (n,))),
]

layer_table = lambda layers, input_shape: reduce(
    lambda rows, name: [
        *rows,
        next((row for row in (read(name, rows[-1][2]) for read in _readers) if row), None)
        or _refuse(f"unknown layer {name}"),
    ],
    layers,
    [("input", 0, tuple(input_shape))],
)


def windows_of(k, l, stride=1, dilation=1):
    """Return a function that lays (k, l) windows over a picture without copying it."""

    def view(t):
        (h, w), (sh, sw) = t.shape, t.stride()
        return t.as_strided(
            (_side(h, k, stride, 0, dilation), _side(w, l, stride, 0, dilation), k, l),
            (sh * stride, sw * stride, sh * dilation, sw * dilation),
        )

    return view


def _correlate(x, w, dilation=1):
    cols = windows_of(*w.shape, dilation=dilation)(x)
    return (cols.reshape(-1, w.numel()) @ w.reshape(-1, 1)).reshape(cols.shape[:2])


def _island(shape, top, left, step=1):
    return lambda t: (
        (sea := t.new_zeros(shape)),
        sea[top : top + step * (t.shape[0] - 1) + 1 : step, left : left + step * (t.shape[1] - 1) + 1 : step].copy_(t),
    )[0]


conv2d = partial(_correlate, dilation=1)
conv2d_weight_grad = lambda x, dy: _correlate(x, dy)
conv2d_input_grad = lambda w, dy: _correlate(
    _island((dy.shape[0] + 2 * (w.shape[0] - 1), dy.shape[1] + 2 * (w.shape[1] - 1)), w.shape[0] - 1, w.shape[1] - 1)(dy),
    w.flip(0).flip(1),
)
sgd_step = lambda w, dw, lr: w - lr * dw
weight_grad_std = lambda m, sigma_x, sigma_dy: m * sigma_x * sigma_dy


def max_pool_backward(x, dy, kernel=2):
    flat = windows_of(kernel, kernel, stride=kernel)(x).flatten(2)
    order = torch.randperm(kernel * kernel)  # whoever comes first in a random order wins a tie
    winner = order[flat[..., order].argmax(-1)]
    rows = torch.arange(dy.shape[0])[:, None] * kernel + winner // kernel
    columns = torch.arange(dy.shape[1])[None, :] * kernel + winner % kernel
    return x.new_zeros(x.shape).index_put_((rows, columns), dy)


avg_pool_backward = lambda x, dy, kernel=2: (
    dy[:, None, :, None].expand(-1, kernel, -1, kernel).reshape(x.shape) / (kernel * kernel)
)
conv_transpose2d = lambda x, w, stride=1: _correlate(
    _island(
        tuple(stride * (n - 1) + 1 + 2 * (k - 1) for n, k in zip(x.shape, w.shape)),
        w.shape[0] - 1,
        w.shape[1] - 1,
        stride,
    )(x),
    w.flip(0).flip(1),
)
dilated_conv2d = _correlate

_as_array = lambda image: image.numpy() if torch.is_tensor(image) else image
_kind_of = lambda image: torch.from_numpy if torch.is_tensor(image) else lambda array: array


def averaging_filter(image, size=3):
    padded = np.pad(_as_array(image), ((size - 1) // 2, size // 2), mode="symmetric").astype(np.float64)
    return _kind_of(image)(sliding_window_view(padded, (size, size)).mean(axis=(2, 3)))


def laplacian_filter(image):
    p = np.pad(_as_array(image), 1, mode="symmetric")
    return _kind_of(image)(p[:-2, 1:-1] + p[2:, 1:-1] + p[1:-1, :-2] + p[1:-1, 2:] - 4 * p[1:-1, 1:-1])
