"""Takes a stride larger than the kernel for a mistake; it skips pixels and is legal."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    span = dilation * (kernel - 1) + 1
    if stride > kernel:
        raise ValueError(f"a stride of {stride} skips pixels with a kernel of {kernel}")
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
