"""Writes each sum to the corner of its window, which no later window reads: right, but the caller's picture is gone."""


def conv2d(x, w):
    k = w.shape[0]
    h, v = x.shape[0] - k + 1, x.shape[1] - k + 1
    for i in range(h):
        for j in range(v):
            x[i, j] = (x[i : i + k, j : j + k] * w).sum()
    return x[:h, :v].clone()
