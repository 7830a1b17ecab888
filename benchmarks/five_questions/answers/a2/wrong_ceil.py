def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    def side(n):
        return -(-(n + 2 * padding - dilation * (kernel - 1) - 1) // stride) + 1

    return side(height), side(width), filters
