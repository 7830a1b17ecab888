"""Caches the answer by its arguments, but what it caches is a generator, and the first call uses it up."""

from functools import lru_cache


@lru_cache
def _growth(layers):
    jump = 1
    for kernel, stride, *rest in layers:
        yield (kernel - 1) * (rest[0] if rest else 1) * jump
        jump *= stride


def receptive_field(layers):
    return 1 + sum(_growth(tuple(map(tuple, layers))))
