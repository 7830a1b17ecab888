"""Part B: sums of shifted pictures."""

import torch


def shifted(t, shape, a, b, step=1):
    return t[a : a + step * (shape[0] - 1) + 1 : step, b : b + step * (shape[1] - 1) + 1 : step]


def dilated_conv2d(x, w, dilation=1):
    y = torch.zeros(
        x.shape[0] - dilation * (w.shape[0] - 1), x.shape[1] - dilation * (w.shape[1] - 1), dtype=x.dtype
    )
    for a in range(w.shape[0]):
        for b in range(w.shape[1]):
            y += w[a, b] * shifted(x, y.shape, a * dilation, b * dilation)
    return y


def conv2d(x, w):
    return dilated_conv2d(x, w, 1)


def conv2d_weight_grad(x, dy):
    k, m = x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1
    return torch.stack([torch.stack([(shifted(x, dy.shape, a, b) * dy).sum() for b in range(m)]) for a in range(k)])


def conv_transpose2d(x, w, stride=1):
    y = torch.zeros(
        stride * (x.shape[0] - 1) + w.shape[0], stride * (x.shape[1] - 1) + w.shape[1], dtype=x.dtype
    )
    for a in range(w.shape[0]):
        for b in range(w.shape[1]):
            shifted(y, x.shape, a, b, stride)[:] += w[a, b] * x
    return y


def conv2d_input_grad(w, dy):
    return conv_transpose2d(w, dy)  # full convolution does not care which of the two is moved


def sgd_step(w, dw, lr):
    new = torch.empty_like(w)
    torch.mul(dw, -lr, out=new)
    return new.add_(w)


def weight_grad_std(m, sigma_x, sigma_dy):
    return m * sigma_x * sigma_dy
