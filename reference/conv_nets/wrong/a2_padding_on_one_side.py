"""Adds the padding once along each axis; it goes on both sides."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    span = dilation * (kernel - 1) + 1
    if min(height, width) + padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    return (height + padding - span) // stride + 1, (width + padding - span) // stride + 1, filters
