"""Does not check the kernel; one of size 0 sees nothing and yet gets a shape."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {stride=}, {dilation=}, {padding=}")
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
