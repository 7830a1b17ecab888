"""Takes a kernel of one pixel for a layer that keeps height and width; with a stride it skips, and padding it adds to."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    if kernel == 1:
        return height, width, filters
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
