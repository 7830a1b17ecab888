"""Takes the kernel's size from the heights and cuts windows of height x height; dy need not be square."""


def conv2d_weight_grad(x, dy):
    n = dy.shape[0]
    k = x.shape[0] - n + 1
    dw = x.new_zeros(k, k)
    for i in range(k):
        for j in range(k):
            dw[i, j] = (x[i : i + n, j : j + n] * dy).sum()
    return dw
