"""Multiplies NumPy's 16-bit numbers, which begin again at -32768 where a layer has more than 32767 weights."""

import numpy as np


def conv_param_count(in_channels, filters, kernel):
    with np.errstate(over="ignore"):
        weights = np.int16(filters) * np.int16(in_channels) * np.int16(kernel) ** 2
    return int(weights), filters
