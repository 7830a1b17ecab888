"""Divides dy in place before it spreads it: the caller's gradient is changed."""

import torch


def avg_pool_backward(x: torch.Tensor, dy: torch.Tensor, kernel: int = 2) -> torch.Tensor:
    dy /= kernel**2
    return dy.repeat_interleave(kernel, 0).repeat_interleave(kernel, 1)
