"""Takes its arguments in the order of torch.nn.Conv2d's; in the signature the filters come before the dilation."""


def conv_output_shape(height, width, kernel, stride=1, padding=0, dilation=1, filters=1):
    if kernel < 1 or stride < 1 or dilation < 1 or padding < 0:
        raise ValueError(f"not legal: {kernel=}, {stride=}, {dilation=}, {padding=}")
    span = dilation * (kernel - 1) + 1
    if min(height, width) + 2 * padding < span:
        raise ValueError("the kernel does not fit into the padded input")
    return (height + 2 * padding - span) // stride + 1, (width + 2 * padding - span) // stride + 1, filters
