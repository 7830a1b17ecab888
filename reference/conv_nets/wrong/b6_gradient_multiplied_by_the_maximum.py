"""Multiplies the gradient by the winning pixel; the derivative of the maximum with respect to the winner is 1."""


def max_pool_backward(x, dy, kernel=2):
    dx = x.new_zeros(x.shape)
    for p in range(dy.shape[0]):
        for q in range(dy.shape[1]):
            best = int(x[p * kernel : (p + 1) * kernel, q * kernel : (q + 1) * kernel].argmax())
            i, j = p * kernel + best // kernel, q * kernel + best % kernel
            dx[i, j] = dy[p, q] * x[i, j]
    return dx
