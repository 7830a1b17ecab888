"""Convolutional networks, parts A to C. Everything is a loop, because loops I can check by hand."""

import numpy
import torch


# ---- part A ----
def conv_param_count(in_channels, filters, kernel):
    weights = 0
    for _row in range(kernel):
        for _column in range(kernel):
            weights = weights + in_channels * filters
    return (weights, filters)


def count_positions(length, kernel, stride, padding, dilation):
    # walk the window from left to right until it sticks out
    touched = 1
    for _ in range(kernel - 1):
        touched += dilation
    total = length + padding + padding
    count = 0
    left = 0
    while left + touched <= total:
        count += 1
        left += stride
    return count


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    for name, value, smallest in [
        ("kernel", kernel, 1),
        ("stride", stride, 1),
        ("dilation", dilation, 1),
        ("padding", padding, 0),
    ]:
        if value < smallest:
            raise ValueError(name + " must be at least " + str(smallest) + ", not " + str(value))
    rows = count_positions(height, kernel, stride, padding, dilation)
    columns = count_positions(width, kernel, stride, padding, dilation)
    if rows == 0 or columns == 0:
        raise ValueError("kernel does not fit")
    return (rows, columns, filters)


def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None:
        stride = kernel
    return (
        count_positions(height, kernel, stride, 0, 1),
        count_positions(width, kernel, stride, 0, 1),
        channels,
    )


def receptive_field(layers):
    # go backwards from one output unit and keep the first and the last pixel that it touches
    first = 0
    last = 0
    for i in range(len(layers) - 1, -1, -1):
        layer = layers[i]
        kernel = layer[0]
        stride = layer[1]
        dilation = 1
        if len(layer) == 3:
            dilation = layer[2]
        first = first * stride
        last = last * stride + (kernel - 1) * dilation
    return last - first + 1


def read_number(text, whole):
    if text == "":
        raise ValueError("cannot read layer " + whole)
    for letter in text:
        if letter not in "0123456789":
            raise ValueError("cannot read layer " + whole)
    return int(text)


def layer_table(layers, input_shape):
    table = []
    shape = (input_shape[0], input_shape[1], input_shape[2])
    table.append(("input", 0, shape))
    for name in layers:
        parts = name.split("-")
        if name == "flatten":
            n = 1
            for side in shape:
                n = n * side
            shape = (n,)
            table.append((name, 0, shape))
        elif len(parts) != 2:
            raise ValueError("unknown layer " + name)
        elif parts[0] == "fc":
            n = read_number(parts[1], name)
            table.append((name, shape[0] * n + n, (n,)))
            shape = (n,)
        elif parts[0][:4] == "conv":
            kernel = read_number(parts[0][4:], name)
            filters = read_number(parts[1], name)
            params = filters * shape[2] * kernel * kernel + filters
            shape = (shape[0], shape[1], filters)
            table.append((name, params, shape))
        elif parts[0][:4] == "pool":
            stride = read_number(parts[1], name)
            kernel = stride
            if parts[0] != "pool":
                kernel = read_number(parts[0][4:], name)
            shape = pool_output_shape(shape[0], shape[1], shape[2], kernel, stride)
            table.append((name, 0, shape))
        else:
            raise ValueError("unknown layer " + name)
    return table


# ---- part B ----
def conv2d(x, w):
    rows = x.shape[0] - w.shape[0] + 1
    columns = x.shape[1] - w.shape[1] + 1
    y = torch.zeros(rows, columns, dtype=x.dtype)
    for i in range(rows):
        for j in range(columns):
            total = 0.0
            for a in range(w.shape[0]):
                for b in range(w.shape[1]):
                    total = total + x[i + a, j + b] * w[a, b]
            y[i, j] = total
    return y


def conv2d_weight_grad(x, dy):
    dw = torch.zeros(x.shape[0] - dy.shape[0] + 1, x.shape[1] - dy.shape[1] + 1, dtype=x.dtype)
    for a in range(dw.shape[0]):
        for b in range(dw.shape[1]):
            for i in range(dy.shape[0]):
                for j in range(dy.shape[1]):
                    dw[a, b] += x[i + a, j + b] * dy[i, j]
    return dw


def conv2d_input_grad(w, dy):
    dx = torch.zeros(w.shape[0] + dy.shape[0] - 1, w.shape[1] + dy.shape[1] - 1, dtype=dy.dtype)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            for a in range(w.shape[0]):
                for b in range(w.shape[1]):
                    dx[i + a, j + b] += w[a, b] * dy[i, j]
    return dx


def sgd_step(w, dw, lr):
    new = w.clone()
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            new[i, j] = w[i, j] - lr * dw[i, j]
    return new


def weight_grad_std(m, sigma_x, sigma_dy):
    variance = 0.0
    for _ in range(m * m):
        variance += sigma_x**2 * sigma_dy**2
    return variance**0.5


def max_pool_backward(x, dy, kernel=2):
    dx = torch.zeros(x.shape[0], x.shape[1], dtype=x.dtype)
    for i in range(dy.shape[0]):
        for j in range(dy.shape[1]):
            best_row = i * kernel
            best_column = j * kernel
            for a in range(i * kernel, i * kernel + kernel):
                for b in range(j * kernel, j * kernel + kernel):
                    if x[a, b] > x[best_row, best_column]:  # a tie stays with the first
                        best_row = a
                        best_column = b
            dx[best_row, best_column] = dy[i, j]
    return dx


def avg_pool_backward(x, dy, kernel=2):
    dx = torch.zeros(x.shape[0], x.shape[1], dtype=x.dtype)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            dx[i, j] = dy[i // kernel, j // kernel] / (kernel * kernel)
    return dx


def conv_transpose2d(x, w, stride=1):
    y = torch.zeros(
        (x.shape[0] - 1) * stride + w.shape[0], (x.shape[1] - 1) * stride + w.shape[1], dtype=x.dtype
    )
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            for a in range(w.shape[0]):
                for b in range(w.shape[1]):
                    y[i * stride + a, j * stride + b] += x[i, j] * w[a, b]
    return y


def dilated_conv2d(x, w, dilation=1):
    rows = x.shape[0] - dilation * (w.shape[0] - 1)
    columns = x.shape[1] - dilation * (w.shape[1] - 1)
    y = torch.zeros(rows, columns, dtype=x.dtype)
    for i in range(rows):
        for j in range(columns):
            for a in range(w.shape[0]):
                for b in range(w.shape[1]):
                    y[i, j] += x[i + a * dilation, j + b * dilation] * w[a, b]
    return y


# ---- part C ----
def mirrored(index, length):
    # ... c b a | a b c | c b a ..., again and again when the window is wider than the picture
    while index < 0 or index >= length:
        if index < 0:
            index = -1 - index
        else:
            index = 2 * length - 1 - index
    return index


def averaging_filter(image, size=3):
    picture = image.tolist()
    height = len(picture)
    width = len(picture[0])
    before = (size - 1) // 2
    result = numpy.zeros((height, width))
    for i in range(height):
        rows = [picture[mirrored(i - before + a, height)] for a in range(size)]
        for j in range(width):
            columns = [mirrored(j - before + b, width) for b in range(size)]
            total = 0.0
            for row in rows:
                for column in columns:
                    total += row[column]
            result[i, j] = total / (size * size)
    if isinstance(image, torch.Tensor):
        return torch.tensor(result.tolist(), dtype=image.dtype)
    return result


def laplacian_filter(image):
    picture = image.tolist()
    height = len(picture)
    width = len(picture[0])
    result = numpy.zeros((height, width))
    for i in range(height):
        for j in range(width):
            total = -4 * picture[i][j]
            for di, dj in [(-1, 0), (1, 0), (0, -1), (0, 1)]:
                total += picture[mirrored(i + di, height)][mirrored(j + dj, width)]
            result[i, j] = total
    if isinstance(image, torch.Tensor):
        return torch.tensor(result.tolist(), dtype=image.dtype)
    return result
