"""Reads one digit for the kernel, so that conv11-8 is an unknown name."""

import re


def layer_table(layers, input_shape):
    rows = [("input", 0, tuple(input_shape))]
    shape = tuple(input_shape)
    for name in layers:
        params = 0
        conv = re.fullmatch(r"conv(\d)-(\d+)", name)
        pool = re.fullmatch(r"pool(\d*)-(\d+)", name)
        fc = re.fullmatch(r"fc-(\d+)", name)
        if conv:
            kernel, filters = int(conv[1]), int(conv[2])
            params, shape = filters * (shape[2] * kernel**2 + 1), (shape[0], shape[1], filters)
        elif pool:
            kernel, stride = int(pool[1] or pool[2]), int(pool[2])
            shape = ((shape[0] - kernel) // stride + 1, (shape[1] - kernel) // stride + 1, shape[2])
        elif name == "flatten":
            shape = (shape[0] * shape[1] * shape[2],)
        elif fc:
            units = int(fc[1])
            params, shape = units * (shape[0] + 1), (units,)
        else:
            raise ValueError(f"unknown layer {name!r}")
        rows.append((name, params, shape))
    return rows
