"""Collects the result in torch.zeros of the default dtype, so that float64 goes in and float32 comes out."""

import torch


def conv2d(x, w):
    k = w.shape[0]
    y = torch.zeros(x.shape[0] - k + 1, x.shape[1] - k + 1)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            y[i, j] = (x[i : i + k, j : j + k] * w).sum()
    return y
