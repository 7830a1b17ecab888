"""Calls the operator below torch.conv2d directly; it is the library's convolution all the same."""

import torch


def conv2d(x, w):
    return torch.ops.aten.conv2d(x[None, None], w[None, None])[0, 0]
