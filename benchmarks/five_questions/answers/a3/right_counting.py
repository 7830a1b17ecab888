def pool_output_shape(height, width, channels, kernel, stride=None):
    """Count the places at which a window can start."""
    if stride is None:
        stride = kernel
    rows = len(range(0, height - kernel + 1, stride))
    columns = len(range(0, width - kernel + 1, stride))
    return rows, columns, channels
