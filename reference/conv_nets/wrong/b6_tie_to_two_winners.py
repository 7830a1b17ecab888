"""Compares with the maximum, so that in a tie every winner receives the whole gradient."""


def max_pool_backward(x, dy, kernel=2):
    largest = x.unfold(0, kernel, kernel).unfold(1, kernel, kernel).amax((-1, -2))
    spread = largest.repeat_interleave(kernel, 0).repeat_interleave(kernel, 1)
    return (x == spread) * dy.repeat_interleave(kernel, 0).repeat_interleave(kernel, 1)
