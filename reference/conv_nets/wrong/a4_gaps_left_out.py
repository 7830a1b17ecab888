"""Counts the pixels that are touched and not the gaps between them; the field goes from the first to the last."""


def receptive_field(layers):
    touched = {0}
    for kernel, stride, *rest in reversed(layers):
        dilation = rest[0] if rest else 1
        touched = {unit * stride + tap * dilation for unit in touched for tap in range(kernel)}
    return len(touched)
