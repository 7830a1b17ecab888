"""Counts a bias for each pair of input channel and filter; a filter adds one number after summing over the channels."""


def conv_param_count(in_channels, filters, kernel):
    return filters * in_channels * kernel**2, filters * in_channels
