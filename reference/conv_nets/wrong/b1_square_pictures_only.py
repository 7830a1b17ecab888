"""Takes the height for the width too; a picture need not be square."""


def conv2d(x, w):
    k = w.shape[0]
    n = x.shape[0] - k + 1
    y = x.new_zeros(n, n)
    for i in range(n):
        for j in range(n):
            y[i, j] = (x[i : i + k, j : j + k] * w).sum()
    return y
