"""Multiplies the jump by the layer's own stride before adding; the layer reads units that lie the old jump apart."""


def receptive_field(layers):
    rf, jump = 1, 1
    for kernel, stride, *rest in layers:
        jump *= stride
        rf += (kernel - 1) * (rest[0] if rest else 1) * jump
    return rf
