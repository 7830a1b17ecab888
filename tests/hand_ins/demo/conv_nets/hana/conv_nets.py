"""Homework "Convolutional Networks" by Hana K.; the window arithmetic is in windows.py beside this file."""

import torch

from windows import blocks, from_blocks, mirrored_axis, neighbourhoods, positions


def conv_param_count(in_channels, filters, kernel):
    """Weights, biases."""
    return kernel * kernel * in_channels * filters, filters


def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    """Height, width, channels behind a convolution."""
    return (
        positions(height, kernel, stride, padding, dilation),
        positions(width, kernel, stride, padding, dilation),
        filters,
    )


def pool_output_shape(height, width, channels, kernel, stride=None):
    """Height, width, channels behind a pooling layer."""
    stride = stride or kernel
    return positions(height, kernel, stride), positions(width, kernel, stride), channels


def receptive_field(layers):
    """Where does output unit 0 begin and end to read? Follow both ends back to the picture."""
    first = last = 0
    for layer in reversed(layers):
        kernel, stride, dilation = (*layer, 1)[:3]
        first, last = first * stride, last * stride + (kernel - 1) * dilation
    return last - first + 1


def layer_table(layers, input_shape):
    """Rows (name, parameters, dimension)."""
    rows = [("input", 0, tuple(input_shape))]
    for name in layers:
        rows.append((name, *_one_layer(name, rows[-1][2])))
    return rows


def _one_layer(name, dims):
    if name == "flatten":
        total = 1
        for d in dims:
            total *= d
        return 0, (total,)
    kind = name.rstrip("0123456789").rstrip("-").rstrip("0123456789")
    numbers = name[len(kind):].split("-")
    if kind not in ("conv", "pool", "fc") or len(numbers) != 2 or not numbers[1].isdigit():
        raise ValueError(f"{name} is not the name of a layer")
    a, b = numbers[0], int(numbers[1])
    if kind == "conv" and a.isdigit():
        return sum(conv_param_count(dims[2], b, int(a))), (dims[0], dims[1], b)
    if kind == "pool" and (a == "" or a.isdigit()):
        return 0, pool_output_shape(*dims, int(a) if a else b, b)
    if kind == "fc" and a == "":
        return b * dims[0] + b, (b,)
    raise ValueError(f"{name} is not the name of a layer")


def conv2d(x, w):
    """Forward."""
    return torch.tensordot(neighbourhoods(x, w.shape), w, dims=2)


def conv2d_weight_grad(x, dy):
    """dL/dw."""
    return torch.tensordot(neighbourhoods(x, dy.shape), dy, dims=2)


def conv2d_input_grad(w, dy):
    """dL/dx; each axis as a matrix product would be nicer, but this is readable."""
    k = w.shape[0]
    framed = torch.zeros(dy.shape[0] + 2 * k - 2, dy.shape[1] + 2 * k - 2, dtype=dy.dtype)
    framed.narrow(0, k - 1, dy.shape[0]).narrow(1, k - 1, dy.shape[1]).copy_(dy)
    return conv2d(framed, w.rot90(2))


def sgd_step(w, dw, lr):
    """New weights."""
    return w.clone().sub_(lr * dw)


def weight_grad_std(m, sigma_x, sigma_dy):
    """sqrt(m^2 * var_x * var_dy)."""
    return (m**2 * sigma_x**2 * sigma_dy**2) ** 0.5


def max_pool_backward(x, dy, kernel=2):
    """The winner takes it all."""
    b = blocks(x, kernel)
    order = b.argsort(dim=-1, descending=True)
    out = torch.zeros_like(b)
    out.scatter_(2, order[..., :1], dy[..., None])
    return from_blocks(out, kernel)


def avg_pool_backward(x, dy, kernel=2):
    """Everybody gets the same."""
    share = dy[..., None].expand(*dy.shape, kernel * kernel) / kernel**2
    return from_blocks(share, kernel)


def conv_transpose2d(x, w, stride=1):
    """Each column of stamps is a sum of shifted copies."""
    k = w.shape[0]
    out = x.new_zeros((x.shape[0] - 1) * stride + k, (x.shape[1] - 1) * stride + k)
    for p in range(x.shape[0]):
        for q in range(x.shape[1]):
            out[p * stride:, q * stride:][:k, :k] += x[p, q] * w
    return out


def dilated_conv2d(x, w, dilation=1):
    """Only every `dilation`-th entry of a larger neighbourhood counts."""
    reach = (w.shape[0] - 1) * dilation + 1
    return torch.tensordot(neighbourhoods(x, (reach, reach))[..., ::dilation, ::dilation], w, dims=2)


def averaging_filter(image, size=3):
    """Mean of size x size, mirrored at the borders; works for arrays and tensors."""
    for axis in (0, 1):
        image = sum(mirrored_axis(image, axis, shift) for shift in range(-((size - 1) // 2), size // 2 + 1)) / size
    return image


def laplacian_filter(image):
    """4-neighbour Laplacian."""
    around = [mirrored_axis(image, axis, shift) for axis in (0, 1) for shift in (-1, 1)]
    return sum(around) - 4 * image
