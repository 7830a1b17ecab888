"""Refuses a shape whose product is not positive; where both sides are negative, their product is positive."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    span = dilation * (kernel - 1) + 1
    h, w = (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1
    if h * w <= 0:
        raise ValueError("the kernel does not fit into the padded input")
    return h, w, filters
