"""Caches the answer by its arguments, but what it caches is a generator, and the first call uses it up."""

from functools import lru_cache


@lru_cache
def _shape(height, width, kernel, stride, padding, filters, dilation):
    for side in (height, width):
        yield (side + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    yield filters


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    if min(height, width) + 2 * padding < dilation * (kernel - 1) + 1:
        raise ValueError("the kernel does not fit into the padded input")
    return tuple(_shape(height, width, kernel, stride, padding, filters, dilation))
