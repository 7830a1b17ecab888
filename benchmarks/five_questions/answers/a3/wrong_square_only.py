def pool_output_shape(height, width, channels, kernel, stride=None):
    step = kernel if stride is None else stride
    side = (height - kernel) // step + 1
    return side, side, channels
