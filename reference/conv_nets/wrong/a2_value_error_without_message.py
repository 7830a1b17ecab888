"""Raises a bare ValueError that tells the caller nothing; the contract asks for a message."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
