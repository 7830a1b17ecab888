"""Part A."""

from math import prod


def conv_param_count(in_channels, filters, kernel):
    return prod([filters, in_channels, kernel, kernel]), filters


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    problems = [
        text
        for text, bad in (
            ("a kernel has at least one pixel", kernel < 1),
            ("a stride is at least one pixel", stride < 1),
            ("a dilation of 1 means no gaps, less has no meaning", dilation < 1),
            ("padding cannot be negative", padding < 0),
        )
        if bad
    ]
    h, w = (side + 2 * padding - dilation * (kernel - 1) for side in (height, width))
    if h < 1 or w < 1:
        problems.append("no output position exists")
    if problems:
        raise ValueError("; ".join(problems))
    return -(-h // stride), -(-w // stride), filters


def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = {None: kernel}.get(stride, stride)
    return len(range(0, height - kernel + 1, stride)), len(range(0, width - kernel + 1, stride)), channels


def receptive_field(layers):
    """Set of the offsets that are touched, from the output back; its spread is the field."""
    touched = {0}
    for layer in layers[::-1]:
        kernel, stride, dilation = layer if len(layer) == 3 else (*layer, 1)
        # only the two ends are needed
        touched = {min(touched) * stride, max(touched) * stride + (kernel - 1) * dilation}
    return max(touched) - min(touched) + 1


def layer_table(layers, input_shape):
    from table import rows  # imported late because it imports this module

    return list(rows(layers, tuple(input_shape)))
