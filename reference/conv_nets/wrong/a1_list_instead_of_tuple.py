"""Returns a list where the contract names a tuple."""


def conv_param_count(in_channels, filters, kernel):
    return [filters * in_channels * kernel * kernel, filters]
