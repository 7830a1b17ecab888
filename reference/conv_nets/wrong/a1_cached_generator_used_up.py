"""Caches the answer by its arguments, but what it caches is a generator, and the first call uses it up."""

from functools import lru_cache


@lru_cache
def _numbers(in_channels, filters, kernel):
    yield filters * in_channels * kernel**2
    yield filters


def conv_param_count(in_channels, filters, kernel):
    return tuple(_numbers(in_channels, filters, kernel))
