from math import prod

import dimensions


def rows(layers, dims):
    yield ("input", 0, dims)
    for name in layers:
        params, dims = step(name, dims)
        yield (name, params, dims)


def step(name, dims):
    if name == "flatten":
        return 0, (prod(dims),)
    numbers = "".join(letter if letter in "0123456789" else " " for letter in name).split()
    for shape_of_name, handler in (
        ("conv{}-{}", convolution),
        ("pool{}-{}", pooling),
        ("pool-{}", pooling),
        ("fc-{}", dense),
    ):
        if shape_of_name.count("{}") == len(numbers) and shape_of_name.format(*numbers) == name:
            return handler(dims, *map(int, numbers))
    raise ValueError("cannot read the layer " + name)


def convolution(dims, kernel, filters):
    return sum(dimensions.conv_param_count(dims[2], filters, kernel)), dims[:2] + (filters,)


def pooling(dims, kernel, stride=None):
    return 0, dimensions.pool_output_shape(*dims, kernel, stride)


def dense(dims, n):
    return dims[0] * n + n, (n,)
