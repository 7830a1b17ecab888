"""Multiplies a slice in place; a slice is a view, so the caller's picture is changed (and later sums go wrong)."""


def conv2d(x, w):
    k = w.shape[0]
    y = x.new_zeros(x.shape[0] - k + 1, x.shape[1] - k + 1)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            patch = x[i : i + k, j : j + k]
            patch *= w
            y[i, j] = patch.sum()
    return y
