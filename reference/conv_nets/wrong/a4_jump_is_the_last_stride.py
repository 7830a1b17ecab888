"""Takes the stride of the layer before for the distance of two units; it is the product of all strides before."""


def receptive_field(layers):
    rf, jump = 1, 1
    for kernel, stride, *rest in layers:
        rf += (kernel - 1) * (rest[0] if rest else 1) * jump
        jump = stride
    return rf
