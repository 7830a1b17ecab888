"""Lets torch.autograd.functional differentiate the forward pass."""

import torch


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    x = dy.new_zeros(dy.shape[0] + k - 1, dy.shape[1] + k - 1)
    return torch.autograd.functional.vjp(lambda x: (x.unfold(0, k, 1).unfold(1, k, 1) * w).sum((-1, -2)), x, dy)[1]
