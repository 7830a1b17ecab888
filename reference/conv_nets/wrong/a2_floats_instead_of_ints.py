"""Returns 28.0 where a shape must be an int: numpy's floor of a quotient stays a float."""

import numpy as np


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    h = np.floor((height + 2 * padding - span) / stride) + 1
    w = np.floor((width + 2 * padding - span) / stride) + 1
    return h, w, filters
