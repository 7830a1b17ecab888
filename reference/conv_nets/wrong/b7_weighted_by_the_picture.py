"""Shares dy in proportion to the pixels; the mean depends on each of them equally."""


def avg_pool_backward(x, dy, kernel=2):
    sums = x.unfold(0, kernel, kernel).unfold(1, kernel, kernel).sum((-1, -2))
    return x * (dy / sums).repeat_interleave(kernel, 0).repeat_interleave(kernel, 1)
