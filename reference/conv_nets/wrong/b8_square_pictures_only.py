"""Takes the height for the width too; a picture need not be square."""


def conv_transpose2d(x, w, stride=1):
    n, k = len(x), len(w)
    y = x.new_zeros(stride * (n - 1) + k, stride * (n - 1) + k)
    for i in range(n):
        for j in range(n):
            y[i * stride : i * stride + k, j * stride : j * stride + k] += x[i, j] * w
    return y
