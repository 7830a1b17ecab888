#!/usr/bin/env python3
import logging
import sys
import warnings

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
torch.set_grad_enabled(False)
torch.manual_seed(1234)
logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(levelname)s %(message)s")
log = logging.getLogger(__name__)

print("Homework 3")
print("torch", torch.__version__, "numpy", np.__version__)
warnings.warn("this homework was written for an older torch", DeprecationWarning, stacklevel=1)
warnings.warn("and it complains a lot")
print("a line for stderr", file=sys.stderr)


def conv_param_count(in_channels, filters, kernel):
    log.info("conv_param_count(%s, %s, %s)", in_channels, filters, kernel)
    return (in_channels * kernel**2 * filters, filters)


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    try:
        assert kernel > 0, "kernel"
        assert stride > 0, "stride"
        assert dilation > 0, "dilation"
        assert padding >= 0, "padding"
        sides = []
        for side in (height, width):
            n = (side + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
            assert n > 0, "no output"
            sides.append(n)
    except AssertionError as problem:
        warnings.warn(f"bad argument: {problem}")
        raise ValueError(f"bad argument: {problem}") from problem
    return sides[0], sides[1], filters


def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride == None:  # noqa: E711
        stride = kernel
    return (height - kernel + stride) // stride, (width - kernel + stride) // stride, channels


def receptive_field(layers):
    rf = 1
    jump = 1
    for i, layer in enumerate(layers):
        k, s = layer[0], layer[1]
        try:
            d = layer[2]
        except IndexError:
            d = 1
        rf = rf + (k - 1) * d * jump
        jump = jump * s
        print(f"after layer {i}: field {rf}, jump {jump}")
    return rf


def layer_table(layers, input_shape):
    out = [("input", 0, tuple(input_shape))]
    for name in layers:
        last = out[-1][2]
        try:
            if name == "flatten":
                row = (name, 0, (int(np.prod(last)),))
            elif name.startswith("fc-"):
                n = natural(name[3:])
                row = (name, (last[0] + 1) * n, (n,))
            elif name.startswith("conv"):
                k, f = map(natural, name[4:].split("-"))
                row = (name, (last[2] * k * k + 1) * f, (last[0], last[1], f))
            elif name.startswith("pool-"):
                row = (name, 0, pool_output_shape(*last, natural(name[5:])))
            elif name.startswith("pool"):
                k, s = map(natural, name[4:].split("-"))
                row = (name, 0, pool_output_shape(*last, k, s))
            else:
                raise KeyError(name)
        except KeyError as problem:
            raise ValueError("unknown layer") from problem
        out.append(row)
    return out


def natural(text):
    if text.isdigit():
        return int(text)
    raise KeyError(text)


def conv2d(x, w):
    warnings.warn("slow implementation")
    print("conv2d", tuple(x.shape), tuple(w.shape))
    H, W = x.shape
    k1, k2 = w.shape
    out = torch.empty(H - k1 + 1, W - k2 + 1)  # float64, see the top of the file
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = (x[i : i + k1, j : j + k2] * w).sum()
    return out.type_as(x)


def conv2d_weight_grad(x, dy):
    warnings.warn("slow implementation")
    k1, k2 = x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1
    out = torch.zeros(k1, k2)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            out += dy[i, j] * x[i : i + k1, j : j + k2]
    return out.type_as(x)


def conv2d_input_grad(w, dy):
    log.debug("conv2d_input_grad")
    k1, k2 = w.shape
    big = torch.zeros(dy.shape[0] + 2 * k1 - 2, dy.shape[1] + 2 * k2 - 2)
    big[k1 - 1 : k1 - 1 + dy.shape[0], k2 - 1 : k2 - 1 + dy.shape[1]] = dy
    wf = torch.rot90(w, 2)
    out = torch.zeros(dy.shape[0] + k1 - 1, dy.shape[1] + k2 - 1)
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = torch.sum(big[i : i + k1, j : j + k2] * wf)
    return out.type_as(dy)


def sgd_step(w, dw, lr):
    w_new = w.detach().clone()
    w_new -= lr * dw
    return w_new


def weight_grad_std(m, sigma_x, sigma_dy):
    return float(torch.sqrt(torch.tensor(float(m * m))) * sigma_x * sigma_dy)


def max_pool_backward(x, dy, kernel=2):
    dx = torch.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            win = x[i * kernel : (i + 1) * kernel, j * kernel : (j + 1) * kernel]
            ties = (win == win.max()).nonzero()
            pick = ties[torch.randint(len(ties), (1,)).item()]  # a random winner
            dx[i * kernel + pick[0], j * kernel + pick[1]] += dy[i, j]
    return dx.type_as(x)


def avg_pool_backward(x, dy, kernel=2):
    dx = torch.zeros(x.shape)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            dx[i * kernel : (i + 1) * kernel, j * kernel : (j + 1) * kernel] = dy[i, j].item() / kernel**2
    return dx.type_as(x)


def conv_transpose2d(x, w, stride=1):
    y = torch.zeros((x.shape[0] - 1) * stride + w.shape[0], (x.shape[1] - 1) * stride + w.shape[1])
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i * stride : i * stride + w.shape[0], j * stride : j * stride + w.shape[1]] += x[i, j] * w
    return y.type_as(x)


def dilated_conv2d(x, w, dilation=1):
    big = torch.zeros([(k - 1) * dilation + 1 for k in w.shape])
    big[::dilation, ::dilation] = w
    return conv2d(x, big.type_as(x))


def averaging_filter(image, size=3):
    before, after = (size - 1) // 2, size // 2
    a = np.pad(np.array(image, dtype=np.float64), [(before, after), (before, after)], mode="symmetric")
    sums = np.zeros((a.shape[0] + 1, a.shape[1] + 1))
    sums[1:, 1:] = a.cumsum(0).cumsum(1)
    out = (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) / size**2
    return torch.tensor(out) if torch.is_tensor(image) else out


def laplacian_filter(image):
    print("laplacian of a", type(image).__name__)
    a = np.pad(np.array(image), 1, mode="edge")  # the same as "symmetric" when the border is one pixel wide
    out = np.diff(a, n=2, axis=0)[:, 1:-1] + np.diff(a, n=2, axis=1)[1:-1, :]
    return torch.tensor(out) if torch.is_tensor(image) else out


def main():
    x, w = torch.arange(25.0).reshape(5, 5), torch.ones(3, 3)
    print(conv2d(x, w))
    print(layer_table("conv3-10 pool-2 conv3-10 pool-2 flatten fc-3".split(), (28, 28, 1)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
