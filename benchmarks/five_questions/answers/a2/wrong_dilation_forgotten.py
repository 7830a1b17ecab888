def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    h = (height + 2 * padding - kernel) // stride + 1
    w = (width + 2 * padding - kernel) // stride + 1
    return h, w, filters
