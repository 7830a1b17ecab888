"""Tests `not stride` and thereby refuses 0 only; a stride of -1 gives a shape."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if not kernel or not stride or not dilation:
        raise ValueError("kernel, stride and dilation must not be zero")
    if kernel < 0 or dilation < 0 or padding < 0:
        raise ValueError("kernel, dilation and padding must not be negative")
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
