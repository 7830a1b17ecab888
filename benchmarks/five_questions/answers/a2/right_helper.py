def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    def side(n):
        room = n + 2 * padding - dilation * (kernel - 1) - 1
        if room < 0:
            raise ValueError(f"the kernel does not fit into {n} pixels")
        return room // stride + 1

    return side(height), side(width), filters
