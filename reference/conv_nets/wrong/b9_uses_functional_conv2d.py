"""Calls the library's dilated convolution through an alias of torch.nn."""

from torch import nn as layers


def dilated_conv2d(x, w, dilation=1):
    return layers.functional.conv2d(x[None, None], w[None, None], dilation=dilation)[0, 0]
