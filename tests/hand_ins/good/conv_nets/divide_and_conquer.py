"""Everything by recursion: halve the kernel (or the picture) until one number is left."""

from __future__ import annotations

import numpy as np
import torch as T


def conv_param_count(in_channels, filters, kernel):
    if filters == 1:
        return in_channels * kernel * kernel, 1
    half = filters // 2
    left, right = conv_param_count(in_channels, half, kernel), conv_param_count(in_channels, filters - half, kernel)
    return left[0] + right[0], left[1] + right[1]


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if padding > 0:
        return conv_output_shape(height + 2 * padding, width + 2 * padding, kernel, stride, 0, filters, dilation)
    if dilation > 1 and kernel > 0:
        return conv_output_shape(height, width, (kernel - 1) * dilation + 1, stride, padding, filters)
    if stride < 1:
        raise ValueError("stride < 1")
    if dilation < 1:
        raise ValueError("dilation < 1")
    if padding < 0:
        raise ValueError("padding < 0")
    if kernel < 1:
        raise ValueError("kernel < 1")
    if kernel > height or kernel > width:
        raise ValueError("kernel > input")
    return 1 + (height - kernel) // stride, 1 + (width - kernel) // stride, filters


def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None:
        return pool_output_shape(height, width, channels, kernel, kernel)
    return conv_output_shape(height, width, kernel, stride, filters=channels)


def receptive_field(layers):
    if len(layers) == 0:
        return 1
    kernel, stride, dilation = (*layers[0], 1)[:3]
    return (receptive_field(layers[1:]) - 1) * stride + (kernel - 1) * dilation + 1


def layer_table(layers, input_shape):
    return [("input", 0, tuple(input_shape)), *_rows(list(layers), tuple(input_shape))]


def _rows(names, dims):
    if not names:
        return []
    row = _row(names[0], dims)
    return [row] + _rows(names[1:], row[2])


def _row(name, dims):
    kind = name.rstrip("0123456789")
    number = name[len(kind) :]
    if name == "flatten":
        return name, 0, (_product(dims),)
    if number and kind == "fc-":
        return name, (dims[0] + 1) * int(number), (int(number),)
    if number and kind == "pool-":
        return name, 0, pool_output_shape(*dims, int(number))
    if number and kind.endswith("-"):
        word = kind[:-1].rstrip("0123456789")
        kernel = kind[len(word) : -1]
        if kernel and word == "pool":
            return name, 0, pool_output_shape(*dims, int(kernel), int(number))
        if kernel and word == "conv":
            h, w, c = dims
            return name, sum(conv_param_count(c, int(number), int(kernel))), (h, w, int(number))
    raise ValueError(f"I do not know the layer {name!r}")


def _product(numbers):
    return 1 if not numbers else numbers[0] * _product(numbers[1:])


def conv2d(x, w):
    return dilated_conv2d(x, w)


def conv2d_weight_grad(x, dy):
    rows, columns = dy.shape
    if rows > 1:
        a = rows // 2
        return conv2d_weight_grad(x[: a - rows], dy[:a]) + conv2d_weight_grad(x[a:], dy[a:])
    if columns > 1:
        return conv2d_weight_grad(x.T, dy.T).T
    return x * dy


def conv2d_input_grad(w, dy):
    return conv_transpose2d(dy, w)


def sgd_step(w, dw, lr):
    if w.ndim == 0:
        return w - lr * dw
    return T.stack([sgd_step(a, b, lr) for a, b in zip(w, dw)])


def weight_grad_std(m, sigma_x, sigma_dy):
    if m == 1:
        return sigma_x * sigma_dy
    if m % 2:
        return weight_grad_std(m - 1, sigma_x, sigma_dy) + sigma_x * sigma_dy
    return 2 * weight_grad_std(m // 2, sigma_x, sigma_dy)


def max_pool_backward(x, dy, kernel=2):
    rows, columns = dy.shape
    if rows > 1:
        a = rows // 2
        return T.cat(
            [
                max_pool_backward(x[: a * kernel], dy[:a], kernel),
                max_pool_backward(x[a * kernel :], dy[a:], kernel),
            ]
        )
    if columns > 1:
        return max_pool_backward(x.T, dy.T, kernel).T
    dx = T.zeros_like(x)
    i, j = _tournament(x, 0, kernel * kernel)
    dx[i, j] = dy[0, 0]
    return dx


def _tournament(x, start, stop):
    """Position of the largest of the window's numbers start..stop-1; the later one wins a tie."""
    if stop - start == 1:
        return divmod(start, x.shape[1])
    middle = (start + stop) // 2
    left, right = _tournament(x, start, middle), _tournament(x, middle, stop)
    return left if x[left] > x[right] else right


def avg_pool_backward(x, dy, kernel=2):
    if dy.shape[0] > 1:
        return T.cat([avg_pool_backward(x[:kernel], row[None], kernel) for row in dy])
    if dy.shape[1] > 1:
        return avg_pool_backward(x.T, dy.T, kernel).T
    return (dy / kernel / kernel).repeat(kernel, kernel)


def conv_transpose2d(x, w, stride=1):
    rows, columns = x.shape
    if rows == 1 and columns == 1:
        return x * w
    if rows == 1:
        return conv_transpose2d(x.T, w.T, stride).T
    a = rows // 2
    upper, lower = conv_transpose2d(x[:a], w, stride), conv_transpose2d(x[a:], w, stride)
    y = upper.new_zeros(stride * (rows - 1) + w.shape[0], upper.shape[1])
    y[: len(upper)] += upper
    y[stride * a :] += lower
    return y


def dilated_conv2d(x, w, dilation=1):
    rows, columns = w.shape
    if rows > 1:
        a = rows // 2
        upper = dilated_conv2d(x[: len(x) - dilation * (rows - a)], w[:a], dilation)
        return upper + dilated_conv2d(x[dilation * a :], w[a:], dilation)
    if columns > 1:
        return dilated_conv2d(x.T, w.T, dilation).T
    return x * w


def _fold(i, n):
    if i < 0:
        return _fold(-1 - i, n)
    if i >= n:
        return _fold(2 * n - 1 - i, n)
    return i


def _sum_of(terms):
    if len(terms) == 1:
        return terms[0]
    return _sum_of(terms[: len(terms) // 2]) + _sum_of(terms[len(terms) // 2 :])


def averaging_filter(image, size=3):
    if isinstance(image, T.Tensor):
        return T.tensor(averaging_filter(np.array(image.tolist(), dtype=np.float64).reshape(image.shape), size))
    return _blur_rows(_blur_rows(image.astype(np.float64), size).T, size).T


def _blur_rows(image, size):
    n, before = len(image), (size - 1) // 2
    return _sum_of([image[[_fold(i + d - before, n) for i in range(n)]] for d in range(size)]) / size


def laplacian_filter(image):
    if isinstance(image, T.Tensor):
        return T.tensor(laplacian_filter(np.array(image.tolist(), dtype=np.float64).reshape(image.shape)))
    return _second_difference(image) + _second_difference(image.T).T


def _second_difference(image):
    n = len(image)
    up, down = [_fold(i - 1, n) for i in range(n)], [_fold(i + 1, n) for i in range(n)]
    return image[up] + image[down] - 2 * image
