def pool_output_shape(height, width, channels, kernel, stride=None):
    step = stride or 1
    return (height - kernel) // step + 1, (width - kernel) // step + 1, channels
