"""Squeezes the result, so that the gradient of a 1 x 1 kernel has no axes."""

import torch


def conv2d_weight_grad(x, dy):
    windows = x.unfold(0, dy.shape[0], 1).unfold(1, dy.shape[1], 1)
    return torch.einsum("ijpq,pq->ij", windows, dy).squeeze()
