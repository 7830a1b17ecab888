"""Takes the layers off the caller's list one by one and leaves it empty; an argument must stay as it is."""


def receptive_field(layers):
    rf = 1
    while layers:
        kernel, stride, *rest = layers.pop()
        rf = (rf - 1) * stride + (kernel - 1) * (rest[0] if rest else 1) + 1
    return rf
