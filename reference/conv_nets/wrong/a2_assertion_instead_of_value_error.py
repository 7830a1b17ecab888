"""Checks with assert, which raises AssertionError, and nothing at all under python -O."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    assert min(kernel, stride, dilation) >= 1, "kernel, stride and dilation must be positive"
    assert padding >= 0, "the padding must not be negative"
    span = dilation * (kernel - 1) + 1
    assert min(height, width) + 2 * padding >= span, "the kernel does not fit"
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
