"""Sets each element of x to 0 when it has been stamped, to know what is left: the caller's x is gone."""


def conv_transpose2d(x, w, stride=1):
    k = w.shape[0]
    y = x.new_zeros(stride * (x.shape[0] - 1) + k, stride * (x.shape[1] - 1) + k)
    while x.any():
        i, j = x.nonzero()[0].tolist()
        y[i * stride : i * stride + k, j * stride : j * stride + k] += x[i, j] * w
        x[i, j] = 0
    return y
