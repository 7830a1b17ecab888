"""Checks the result but not the stride, so that stride 0 ends in a ZeroDivisionError instead of a ValueError."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or dilation < 1 or padding < 0:
        raise ValueError("kernel and dilation must be positive, padding must not be negative")
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    h = (height + 2 * padding - span) // stride + 1
    w = (width + 2 * padding - span) // stride + 1
    return h, w, filters
