import re

import numpy as np
import torch
from torch import einsum

ein = einsum


def conv_param_count(in_channels, filters, kernel):
    return filters * in_channels * kernel**2, filters


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if min(kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError(f"illegal geometry: {kernel=} {stride=} {padding=} {dilation=}")
    # an empty tensor with the right sides costs nothing and unfold counts the positions for us
    span = dilation * (kernel - 1) + 1
    rows, columns = torch.empty(height + 2 * padding, 0), torch.empty(width + 2 * padding, 0)
    if span > len(rows) or span > len(columns):
        raise ValueError("the (dilated) kernel is larger than the padded input")
    return rows.unfold(0, span, stride).shape[0], columns.unfold(0, span, stride).shape[0], filters


def pool_output_shape(height, width, channels, kernel, stride=None):
    step = stride or kernel
    return (height - kernel) // step + 1, (width - kernel) // step + 1, channels


def receptive_field(layers):
    field, jump = 1, 1
    for kernel, stride, *rest in layers:
        (dilation,) = rest or (1,)
        field += (kernel - 1) * dilation * jump
        jump *= stride
    return field


PATTERNS = [
    (re.compile(r"conv(?P<k>[0-9]+)-(?P<f>[0-9]+)"), "conv"),
    (re.compile(r"pool(?P<k>[0-9]+)-(?P<s>[0-9]+)"), "pool"),
    (re.compile(r"pool-(?P<k>[0-9]+)"), "pool"),
    (re.compile(r"flatten"), "flatten"),
    (re.compile(r"fc-(?P<n>[0-9]+)"), "fc"),
]


def layer_table(layers, input_shape):
    table = [("input", 0, tuple(input_shape))]
    for name in layers:
        dims = table[-1][2]
        for pattern, kind in PATTERNS:
            if found := pattern.fullmatch(name):
                g = {key: int(value) for key, value in found.groupdict().items()}
                break
        else:
            raise ValueError(f"no such layer: {name!r}")
        if kind == "conv":
            h, w, c = dims
            table.append((name, sum(conv_param_count(c, g["f"], g["k"])), (h, w, g["f"])))
        elif kind == "pool":
            table.append((name, 0, pool_output_shape(*dims, g["k"], g.get("s"))))
        elif kind == "flatten":
            table.append((name, 0, (int(np.prod(dims)),)))
        else:
            table.append((name, (dims[0] + 1) * g["n"], (g["n"],)))
    return table


def patches(x, rows, columns, step=1):
    return x.unfold(0, rows, step).unfold(1, columns, step)


def framed(x, rows, columns):
    out = x.new_zeros(x.shape[0] + 2 * rows, x.shape[1] + 2 * columns)
    out[rows : rows + x.shape[0], columns : columns + x.shape[1]] = x
    return out


def conv2d(x, w):
    return ein("ijab,ab->ij", patches(x, *w.shape), w)


def conv2d_weight_grad(x, dy):
    return ein("abij,ij->ab", patches(x, *dy.shape), dy)


def conv2d_input_grad(w, dy):
    return ein("ijab,ab->ij", patches(framed(dy, w.shape[0] - 1, w.shape[1] - 1), *w.shape), w.flip(0, 1))


def sgd_step(w, dw, lr):
    return torch.sub(w, dw, alpha=lr)


def weight_grad_std(m, sigma_x, sigma_dy):
    return float(ein("a,a->", torch.ones(m * m, dtype=torch.double), torch.ones(m * m, dtype=torch.double))) ** 0.5 * (
        sigma_x * sigma_dy
    )


def max_pool_backward(x, dy, kernel=2):
    windows = patches(x, kernel, kernel, kernel).reshape(*dy.shape, kernel * kernel)
    winner = windows.argmax(-1, keepdim=True)
    share = torch.zeros_like(windows).scatter_(-1, winner, dy.unsqueeze(-1))
    return share.view(*dy.shape, kernel, kernel).permute(0, 2, 1, 3).reshape(x.shape)


def avg_pool_backward(x, dy, kernel=2):
    ones = torch.ones(kernel, dtype=dy.dtype)
    return ein("ij,a,b->iajb", dy, ones, ones).reshape(x.shape) / kernel**2


def conv_transpose2d(x, w, stride=1):
    (h, ww), (k, l) = x.shape, w.shape  # noqa: E741, the letters of the lecture
    spread = x.new_zeros((h - 1) * stride + 1, (ww - 1) * stride + 1)
    spread[::stride, ::stride] = x
    return ein("ijab,ab->ij", patches(framed(spread, k - 1, l - 1), k, l), w.flip((0, 1)))


def dilated_conv2d(x, w, dilation=1):
    spans = [dilation * (k - 1) + 1 for k in w.shape]
    return ein("ijab,ab->ij", patches(x, *spans)[..., ::dilation, ::dilation], w)


def bordered(image, before, after):
    """The picture with mirrored borders, as a float64 tensor."""
    t = torch.as_tensor(np.ascontiguousarray(image) if isinstance(image, np.ndarray) else image).double()
    for axis in (0, 1):
        n = t.shape[axis]
        index = torch.arange(-before, n + after) % (2 * n)
        index = torch.minimum(index, 2 * n - 1 - index)
        t = t.index_select(axis, index)
    return t


def like(result, image):
    return result.numpy() if isinstance(image, np.ndarray) else result


def averaging_filter(image, size=3):
    return like(patches(bordered(image, (size - 1) // 2, size // 2), size, size).mean((-1, -2)), image)


def laplacian_filter(image):
    stencil = torch.tensor([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=torch.float64)
    return like(ein("ijab,ab->ij", patches(bordered(image, 1, 1), 3, 3), stencil), image)
