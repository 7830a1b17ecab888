"""Divides by one side of the window; the window has kernel**2 pixels."""


def avg_pool_backward(x, dy, kernel=2):
    return dy.repeat_interleave(kernel, 0).repeat_interleave(kernel, 1) / kernel
