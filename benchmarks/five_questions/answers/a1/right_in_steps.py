def conv_param_count(in_channels: int, filters: int, kernel: int) -> tuple[int, int]:
    """Count the weights and the biases of one layer."""
    weights_of_one_filter = in_channels * kernel * kernel
    return filters * weights_of_one_filter, filters
