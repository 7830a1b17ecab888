"""Prints the table with columns as wide as the longest name of a layer; without any layer there is no longest one."""

_rows_of = layer_table  # noqa: F821 - the right answer, defined above


def layer_table(layers, input_shape):
    width = max(len(name) for name in layers)
    rows = _rows_of(layers, input_shape)
    for name, params, shape in rows:
        print(f"{name:{width}} {params:8} {shape}")
    return rows
