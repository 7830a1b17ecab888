"""Caches the rows by the arguments, but what it caches is an iterator, and the first call uses it up."""

from functools import lru_cache

_rows_of = layer_table  # noqa: F821 - the right answer, defined above


@lru_cache
def _rows(layers, input_shape):
    names, params, shapes = zip(*_rows_of(list(layers), input_shape))
    return zip(names, params, shapes)


def layer_table(layers, input_shape):
    return list(_rows(tuple(layers), tuple(input_shape)))
