"""Convolves without gaps whatever the dilation."""


def dilated_conv2d(x, w, dilation=1):
    k = w.shape[0]
    return (x.unfold(0, k, 1).unfold(1, k, 1) * w).sum((-1, -2))
