"""Counts one side of the kernel only, as for a one-dimensional convolution."""


def conv_param_count(in_channels, filters, kernel):
    return filters * in_channels * kernel, filters
