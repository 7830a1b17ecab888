"""Pops each name off the list as it goes: the caller's list of layers is empty afterwards."""

_rows_of = layer_table  # noqa: F821 - the right answer, defined above


def layer_table(layers, input_shape):
    names = []
    while layers:
        names.append(layers.pop(0))
    return _rows_of(names, input_shape)
