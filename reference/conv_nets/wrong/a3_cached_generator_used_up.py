"""Caches the answer by its arguments, but what it caches is a generator, and the first call uses it up."""

from functools import lru_cache


@lru_cache
def _shape(height, width, channels, kernel, stride):
    step = kernel if stride is None else stride
    for side in (height, width):
        yield (side - kernel) // step + 1
    yield channels


def pool_output_shape(height, width, channels, kernel, stride=None):
    return tuple(_shape(height, width, channels, kernel, stride))
