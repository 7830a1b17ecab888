"""Repeats dy as tiles; every entry must fill its own window."""


def avg_pool_backward(x, dy, kernel=2):
    return dy.repeat(kernel, kernel) / kernel**2
