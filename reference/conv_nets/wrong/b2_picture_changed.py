"""Multiplies a slice of x in place; a slice is a view, so the caller's picture changes, and later sums go wrong."""


def conv2d_weight_grad(x, dy):
    h, v = dy.shape
    k = x.shape[0] - h + 1
    dw = x.new_zeros(k, k)
    for i in range(k):
        for j in range(k):
            patch = x[i : i + h, j : j + v]
            patch.mul_(dy)
            dw[i, j] = patch.sum()
    return dw
