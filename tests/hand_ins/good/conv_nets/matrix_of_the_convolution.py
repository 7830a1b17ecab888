"""Convolution as y = A x with a sparse-looking dense matrix; its gradients are transposes of A.

The matrix has (outputs) rows and (inputs) columns, so this is slow for pictures, but a page of
linear algebra replaces all loops.
"""
import numpy as np
from torch import *  # noqa: F403
from torch import linalg, tensor as T
import torch

# The star brings int, float, range, min, sum, all and any of torch, so the builtins come back as `py`.
import builtins as py


def conv_param_count(in_channels, filters, kernel):
    bias = torch.Size([filters])
    weight = torch.Size([filters, in_channels, kernel, kernel])
    return weight.numel(), bias.numel()


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if py.any((kernel < 1, stride < 1, dilation < 1, padding < 0)):
        raise ValueError("kernel %r, stride %r, padding %r, dilation %r" % (kernel, stride, padding, dilation))
    h, w = ((side + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1 for side in (height, width))
    if py.min(h, w) < 1:
        raise ValueError("output %d x %d" % (h, w))
    return torch.Size([h, w, filters])  # a Size is a tuple


def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = kernel if stride is None else stride
    return torch.Size([(height - kernel) // stride + 1, (width - kernel) // stride + 1, channels])


def receptive_field(layers):
    # a layer maps the interval (first, last) of its outputs to that of its inputs: an affine map, so a matrix
    M = eye(2, dtype=int64)
    for layer in layers:
        dilation = layer[2] if len(layer) > 2 else 1
        M = M @ T([[layer[1], (layer[0] - 1) * dilation], [0, 1]])
    return (M @ T([0, 1]))[0].item() + 1


def layer_table(layers, input_shape):
    rows = [("input", 0, tuple(input_shape))]
    for name in layers:
        dims = rows[-1][2]
        try:
            rows.append((name, *LAYERS[name.rstrip("0123456789").translate(str.maketrans("", "", "0123456789"))](name, dims)))
        except LookupError:
            raise ValueError("%r is not a layer" % name) from None
    return rows


def _conv(name, dims):
    kernel, filters = _numbers(name, "conv", 2)
    weights, biases = conv_param_count(dims[2], filters, kernel)
    return weights + biases, (dims[0], dims[1], filters)


def _pool(name, dims):
    if name.startswith("pool-"):
        return 0, pool_output_shape(*dims, *_numbers(name, "pool-", 1))
    return 0, pool_output_shape(*dims, *_numbers(name, "pool", 2))


def _flatten(name, dims):
    if name != "flatten":
        raise LookupError
    return 0, (torch.Size(dims).numel(),)


def _fc(name, dims):
    (n,) = _numbers(name, "fc-", 1)
    return (dims[0] + 1) * n, (n,)


def _numbers(name, prefix, count):
    parts = name[len(prefix) :].split("-")
    if not name.startswith(prefix) or len(parts) != count or not py.all(p.isascii() and p.isdigit() for p in parts):
        raise LookupError
    return [py.int(part) for part in parts]


LAYERS = {"conv-": _conv, "pool-": _pool, "flatten": _flatten, "fc-": _fc}


def toeplitz(w, n, stride=1, dilation=1):
    """The matrix (m, n) of a one-dimensional correlation for each row of w: (rows of w, m, n)."""
    m = (n - dilation * (w.shape[-1] - 1) - 1) // stride + 1
    A = zeros(len(w), m, n, dtype=w.dtype)
    for i in py.range(m):
        A[:, i, i * stride : i * stride + dilation * (w.shape[-1] - 1) + 1 : dilation] = w
    return A


def matrix(w, shape, stride=1, dilation=1):
    """The doubly blocked matrix of the whole correlation for an input of this shape."""
    h, v = shape
    blocks = toeplitz(w, v, stride, dilation)
    k = len(w)
    m = (h - dilation * (k - 1) - 1) // stride + 1
    A = zeros(m, blocks.shape[1], h, v, dtype=w.dtype)
    for i in py.range(m):
        for a in py.range(k):
            A[i, :, i * stride + a * dilation, :] += blocks[a]
    return A.reshape(m * blocks.shape[1], h * v), (m, blocks.shape[1])


def conv2d(x, w):
    A, shape = matrix(w, x.shape)
    return mv(A, x.reshape(-1)).reshape(shape)


def conv2d_weight_grad(x, dy):
    # correlation commutes up to the roles: the matrix is made from dy and applied to x
    A, shape = matrix(dy, x.shape)
    return (A @ x.flatten()).unflatten(0, shape)


def conv2d_input_grad(w, dy):
    shape = (w.shape[0] + dy.shape[0] - 1, w.shape[1] + dy.shape[1] - 1)
    A, _ = matrix(w, shape)
    return (A.T @ dy.flatten()).reshape(shape)


def sgd_step(w, dw, lr):
    return stack([w, dw], -1) @ T([1, -lr], dtype=w.dtype)


def weight_grad_std(m, sigma_x, sigma_dy):
    return norm(full((m, m), py.float(sigma_x * sigma_dy), dtype=float64)).item()


def max_pool_backward(x, dy, kernel=2):
    # selection matrix: column r of S is one where window r has its winner
    r = arange(x.shape[0])[:, None] // kernel * dy.shape[1] + arange(x.shape[1])[None, :] // kernel
    member = r.flatten()[None, :] == arange(dy.numel())[:, None]
    values = where(member, x.flatten()[None, :], T(py.float("-inf"), dtype=x.dtype))
    S = zeros(member.shape, dtype=dy.dtype)
    S[arange(dy.numel()), argmax(values, 1)] = 1
    return (dy.flatten() @ S).reshape(x.shape)


def avg_pool_backward(x, dy, kernel=2):
    up = [repeat_interleave(eye(n, dtype=dy.dtype), kernel, 0) / kernel for n in dy.shape]
    return linalg.multi_dot([up[0], dy, up[1].T])


def conv_transpose2d(x, w, stride=1):
    shape = [stride * (n - 1) + k for n, k in zip(x.shape, w.shape)]
    A, _ = matrix(w, shape, stride)
    return (A.T @ x.flatten()).reshape(shape)


def dilated_conv2d(x, w, dilation=1):
    A, shape = matrix(w, x.shape, dilation=dilation)
    return (A @ x.reshape(-1, 1)).reshape(shape)


def border(n, taps, before):
    """Matrix (n, n): row i holds the taps around i, those outside folded back."""
    A = np.zeros((n, n))
    for i in py.range(n):
        for t, value in enumerate(taps):
            j = (i + t - before) % (2 * n)
            A[i, j if j < n else 2 * n - 1 - j] += value
    return A


def averaging_filter(image, size=3):
    R, C = (border(n, [1 / size] * size, (size - 1) // 2) for n in image.shape)
    if is_tensor(image):
        return from_numpy(R) @ image.double() @ from_numpy(C.T.copy())
    return R @ image @ C.T


def laplacian_filter(image):
    R, C = (border(n, [1, -2, 1], 1) for n in image.shape)
    if is_tensor(image):
        return T(R) @ image.double() + image.double() @ T(C.T)
    return R @ image + image @ C.T
