"""Applies rf = stride * (rf - 1) + kernel, which runs from the output to the input, to the layers in input order."""


def receptive_field(layers):
    rf = 1
    for layer in layers:
        kernel, stride = layer[0], layer[1]
        dilation = layer[2] if len(layer) == 3 else 1
        rf = stride * (rf - 1) + dilation * (kernel - 1) + 1
    return rf
