"""Zeroes the picture when it is done with it, to free its memory: the caller's x is gone."""

import torch


def dilated_conv2d(x: torch.Tensor, w: torch.Tensor, dilation: int = 1) -> torch.Tensor:
    k = w.shape[0]
    window = dilation * (k - 1) + 1
    rows, columns = x.shape[0] - window + 1, x.shape[1] - window + 1
    y = torch.zeros(rows, columns, dtype=x.dtype)
    for u in range(k):
        for v in range(k):
            y += w[u, v] * x[u * dilation : u * dilation + rows, v * dilation : v * dilation + columns]
    x.zero_()  # "free the memory"
    return y
