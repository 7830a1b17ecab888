"""Puts weights and biases together into the first number, where only the weights belong."""


def conv_param_count(in_channels, filters, kernel):
    weights = filters * in_channels * kernel**2
    return weights + filters, filters
