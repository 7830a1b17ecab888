"""Computes the convolution of mathematics, with the kernel turned; in this course, as in torch, it is not turned."""


def conv2d(x, w):
    k = w.shape[0]
    w = w.flip(0, 1)
    h, v = x.shape[0] - k + 1, x.shape[1] - k + 1
    return sum(w[i, j] * x[i : i + h, j : j + v] for i in range(k) for j in range(k))
