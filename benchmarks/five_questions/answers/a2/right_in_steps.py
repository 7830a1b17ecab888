def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    """Shape of the output, height first."""
    if min(kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError(f"kernel {kernel}, stride {stride}, dilation {dilation}, padding {padding} make no layer")
    span = dilation * (kernel - 1) + 1
    padded_height = height + 2 * padding
    padded_width = width + 2 * padding
    if span > min(padded_height, padded_width):
        raise ValueError(f"the kernel spans {span} pixels and does not fit")
    return (padded_height - span) // stride + 1, (padded_width - span) // stride + 1, filters
