"""Pools over the channels as well; each channel is pooled on its own and their number stays."""


def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = kernel if stride is None else stride
    return (height - kernel) // stride + 1, (width - kernel) // stride + 1, max(channels // kernel, 1)
