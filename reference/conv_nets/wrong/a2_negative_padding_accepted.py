"""Does not check the padding; a negative one is taken for cutting the border off."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}")
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
