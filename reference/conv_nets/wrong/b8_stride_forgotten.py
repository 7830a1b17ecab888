"""Puts the stamps one pixel apart whatever the stride."""


def conv_transpose2d(x, w, stride=1):
    k = w.shape[0]
    y = x.new_zeros(x.shape[0] + k - 1, x.shape[1] + k - 1)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            y[i : i + k, j : j + k] += x[i, j] * w
    return y
