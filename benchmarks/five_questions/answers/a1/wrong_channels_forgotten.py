def conv_param_count(in_channels, filters, kernel):
    weights = filters * kernel**2
    return weights, filters
