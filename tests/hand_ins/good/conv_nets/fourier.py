# I did part B with the convolution theorem. All transforms are made in float64 and cast back at the end,
# otherwise the rounding is visible in float32.
import math
import torch
import numpy as np
from torch.fft import rfft2 as forward, irfft2 as inverse


class GeometryError(ValueError):
    """There is no output."""


def conv_param_count(in_channels, filters, kernel):
    return (math.prod((filters, in_channels, kernel, kernel)), filters)


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    legal = kernel >= 1 and stride >= 1 and dilation >= 1 and padding >= 0
    if not legal:
        raise GeometryError("kernel, stride and dilation start at 1, padding at 0")

    def side(n):
        free = n + 2 * padding - dilation * (kernel - 1) - 1
        if free < 0:
            raise GeometryError(f"a side of {n} is {-free} too short")
        return math.floor(free / stride + 1)

    return side(height), side(width), filters


def pool_output_shape(height, width, channels, kernel, stride=None):
    return conv_output_shape(height, width, kernel, kernel if stride is None else stride, filters=channels)


def receptive_field(layers):
    size = 1
    for layer in reversed(list(layers)):
        kernel, stride = layer[:2]
        dilation = layer[2] if len(layer) > 2 else 1
        size = (size - 1) * stride + dilation * (kernel - 1) + 1
    return size


def layer_table(layers, input_shape):
    dims = tuple(input_shape)
    rows = [("input", 0, dims)]

    def number(digits):
        if not (digits.isascii() and digits.isdecimal()):
            raise ValueError("not a number in a layer's name: %r" % digits)
        return int(digits)

    for name in layers:
        head, dash, tail = name.partition("-")
        params = 0
        if name == "flatten":
            dims = (math.prod(dims),)
        elif head == "fc" and dash:
            params = dims[0] * number(tail) + number(tail)
            dims = (number(tail),)
        elif head.startswith("conv") and dash:
            weights, biases = conv_param_count(dims[2], number(tail), number(head[4:]))
            params = weights + biases
            dims = (dims[0], dims[1], biases)
        elif head == "pool" and dash:
            dims = pool_output_shape(*dims, number(tail))
        elif head.startswith("pool") and dash:
            dims = pool_output_shape(*dims, number(head[4:]), number(tail))
        else:
            raise ValueError("layer %r is not known" % name)
        rows.append((name, params, dims))
    return rows


def _full(a, b):
    """Full convolution: the product of the spectra of zero-padded pictures."""
    shape = (a.shape[0] + b.shape[0] - 1, a.shape[1] + b.shape[1] - 1)
    return inverse(forward(a.double(), s=shape) * forward(b.double(), s=shape), s=shape)


def _valid(a, b):
    """Cross-correlation without padding: full convolution with the flipped kernel, then the middle."""
    k, l = b.shape
    return _full(a, b.flip(0, 1))[k - 1 : a.shape[0], l - 1 : a.shape[1]]


def _holes(t, step):
    out = torch.zeros([step * (n - 1) + 1 for n in t.shape], dtype=torch.float64)
    out[::step, ::step] = t
    return out


def conv2d(x, w):
    return _valid(x, w).to(x.dtype)


def conv2d_weight_grad(x, dy):
    return _valid(x, dy).to(x.dtype)


def conv2d_input_grad(w, dy):
    return _full(w, dy).to(dy.dtype)


def sgd_step(w, dw, lr):
    return torch.add(w, -lr * dw)


def weight_grad_std(m, sigma_x, sigma_dy):
    return math.sqrt(m**2 * sigma_x**2 * sigma_dy**2)


def max_pool_backward(x, dy, kernel=2):
    # largest value first; among equals the one with the largest index in the window
    blocks = x.unflatten(0, (-1, kernel)).unflatten(2, (-1, kernel)).transpose(1, 2).flatten(2)
    last = kernel * kernel - 1 - blocks.flip(-1).max(-1).indices
    hit = torch.arange(kernel * kernel) == last.unsqueeze(-1)
    return (hit * dy.unsqueeze(-1)).unflatten(2, (kernel, kernel)).transpose(1, 2).reshape(x.shape)


def avg_pool_backward(x, dy, kernel=2):
    box = torch.ones(kernel, kernel, dtype=torch.float64) / kernel**2
    return _full(_holes(dy, kernel), box).to(dy.dtype)


def conv_transpose2d(x, w, stride=1):
    return _full(_holes(x, stride), w).to(x.dtype)


def dilated_conv2d(x, w, dilation=1):
    return _valid(x, _holes(w, dilation)).to(x.dtype)


def _filter(image, offsets):
    """Sum of value times shifted picture.

    The picture with mirrored borders has the period (2h, 2w), so that the filter is a circular
    convolution of the picture set beside its mirror images, however large the window is.
    """
    array = image if isinstance(image, np.ndarray) else image.numpy()
    h, w = array.shape
    tile = np.vstack([np.hstack([array, array[:, ::-1]]), np.hstack([array[::-1], array[::-1, ::-1]])])
    kernel = np.zeros((2 * h, 2 * w))
    for (di, dj), value in offsets:
        kernel[-di % (2 * h), -dj % (2 * w)] += value
    out = np.fft.ifft2(np.fft.fft2(tile.astype(float)) * np.fft.fft2(kernel)).real[:h, :w]
    return out if isinstance(image, np.ndarray) else torch.from_numpy(out.copy())


def averaging_filter(image, size=3):
    reach = range(-((size - 1) // 2), size // 2 + 1)
    return _filter(image, [((i, j), 1 / size**2) for i in reach for j in reach])


def laplacian_filter(image):
    return _filter(image, [((0, 0), -4.0), ((1, 0), 1.0), ((-1, 0), 1.0), ((0, 1), 1.0), ((0, -1), 1.0)])
