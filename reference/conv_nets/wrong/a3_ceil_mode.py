"""Counts the window that hangs over the end, as torch does with ceil_mode=True only."""

import math


def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = stride or kernel
    return math.ceil((height - kernel) / stride) + 1, math.ceil((width - kernel) / stride) + 1, channels
