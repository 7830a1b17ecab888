def conv_param_count(in_channels, filters, kernel):
    return filters * in_channels * kernel**2, filters
