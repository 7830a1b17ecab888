def pool_output_shape(height, width, channels, kernel, stride=None):
    step = kernel if stride is None else stride
    return (height - kernel) // step + 1, (width - kernel) // step + 1, channels
