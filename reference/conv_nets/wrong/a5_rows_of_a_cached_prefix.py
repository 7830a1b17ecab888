"""Builds a table on the cached one of its first layers and appends to that very list: the shorter table grows with it."""

from functools import lru_cache

_rows_of = layer_table  # noqa: F821 - the right answer, defined above


@lru_cache
def _table(layers, input_shape):
    if not layers:
        return [("input", 0, input_shape)]
    rows = _table(layers[:-1], input_shape)
    rows.append(_rows_of(list(layers), input_shape)[-1])
    return rows


def layer_table(layers, input_shape):
    return _table(tuple(layers), tuple(input_shape))
