# Everything is defined before the last statement, which reads a file that only I have.
import torch as th
import numpy as np

def conv_param_count(in_channels, filters, kernel):
    bias = [1] * filters
    weight = np.zeros((filters, in_channels, kernel, kernel), dtype=bool)
    return weight.size, len(bias)

def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if padding < 0 or not (kernel >= 1 <= stride and dilation >= 1):
        raise ValueError({"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation})
    last_start = [side + 2 * padding - (kernel - 1) * dilation - 1 for side in (height, width)]
    if any(start < 0 for start in last_start):
        raise ValueError(f"last starts {last_start}")
    return tuple(start // stride + 1 for start in last_start) + (filters,)

def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None:
        return height // kernel, width // kernel, channels
    return 1 + (height - kernel) // stride, 1 + (width - kernel) // stride, channels

def receptive_field(layers):
    # the pixels under one output unit, propagated as an interval [0, r)
    intervals = [(0, 0)]
    for k, s, *d in layers[::-1]:
        low, high = intervals[-1]
        intervals.append((low * s, high * s + (k - 1) * (d[0] if d else 1)))
    low, high = intervals.pop()
    return high - low + 1

def layer_table(layers, input_shape):
    digits = set("0123456789")
    result = [("input", 0, tuple(input_shape))]
    for layer in layers:
        before = result[-1][-1]
        numbers = [int(n) for n in "".join(c if c in digits else " " for c in layer).split()]
        skeleton = "".join("#" if c in digits else c for c in layer)
        while "##" in skeleton:
            skeleton = skeleton.replace("##", "#")
        if skeleton == "conv#-#":
            k, f = numbers
            new = (layer, f * (k * k * before[2] + 1), before[:2] + (f,))
        elif skeleton == "pool#-#":
            new = (layer, 0, pool_output_shape(*before, *numbers))
        elif skeleton == "pool-#":
            new = (layer, 0, pool_output_shape(*before, *numbers))
        elif skeleton == "flatten":
            new = (layer, 0, (int(np.multiply.reduce(before)),))
        elif skeleton == "fc-#":
            new = (layer, numbers[0] * (1 + before[0]), tuple(numbers))
        else:
            raise ValueError("unknown layer '%s'" % layer)
        result += [new]
    return result

def conv2d(x, w):
    y = 0
    x = x[None, None]  # a batch of one picture with one channel
    for a in range(w.shape[0]):
        for b in range(w.shape[1]):
            y = y + x[..., a : x.shape[-2] - w.shape[0] + a + 1, b : x.shape[-1] - w.shape[1] + b + 1] * w[a][b]
    return y[0, 0]

def conv2d_weight_grad(x, dy):
    k, l = [n - m + 1 for n, m in zip(x.shape, dy.shape)]
    dw = th.zeros(k * l, dtype=x.dtype)
    flat = dy.reshape(-1)
    for n in range(k * l):
        dw[n] = th.dot(x[n // l : n // l + dy.shape[0], n % l : n % l + dy.shape[1]].reshape(-1), flat)
    return dw.view(k, l)

def conv2d_input_grad(w, dy):
    dx = th.zeros([a + b - 1 for a, b in zip(w.shape, dy.shape)], dtype=w.dtype)
    for (i, j) in th.cartesian_prod(th.arange(dy.shape[0]), th.arange(dy.shape[1])).tolist():
        dx[i : i + w.shape[0], j : j + w.shape[1]] += dy[i, j] * w
    return dx

def sgd_step(w, dw, lr):
    return th.addcmul(w, dw, th.tensor(-1.0, dtype=w.dtype), value=lr)

def weight_grad_std(m, sigma_x, sigma_dy):
    return (sigma_dy * sigma_x) * m

def max_pool_backward(x, dy, kernel=2):
    # add a tiny ramp? No: that changes close numbers. Sort by (value, place) instead.
    dx = th.zeros_like(x)
    for i in range(0, x.shape[0], kernel):
        for j in range(0, x.shape[1], kernel):
            w = x[i : i + kernel, j : j + kernel]
            value, a, b = max((w[a, b].item(), a, b) for a in range(kernel) for b in range(kernel))
            dx[i + a, j + b] = dy[i // kernel, j // kernel]
    return dx

def avg_pool_backward(x, dy, kernel=2):
    return th.einsum("ij,ab->iajb", dy, th.ones(kernel, kernel, dtype=dy.dtype)).reshape(x.shape) * kernel**-2

def conv_transpose2d(x, w, stride=1):
    rows = [sum_of_shifts(row, w, stride) for row in x]
    y = th.zeros((len(rows) - 1) * stride + w.shape[0], rows[0].shape[1], dtype=x.dtype)
    for i, row in enumerate(rows):
        y[i * stride : i * stride + w.shape[0]] += row
    return y

def sum_of_shifts(row, w, stride):
    out = th.zeros(w.shape[0], (len(row) - 1) * stride + w.shape[1], dtype=w.dtype)
    for j, value in enumerate(row):
        out[:, j * stride : j * stride + w.shape[1]] += value * w
    return out

def dilated_conv2d(x, w, dilation=1):
    k, l = w.shape
    if dilation == 1 or k == l == 1:
        return conv2d(x, w)
    # the pictures of every dilation-th row and column are convolved one by one
    y = th.zeros(x.shape[0] - (k - 1) * dilation, x.shape[1] - (l - 1) * dilation, dtype=x.dtype)
    for a in range(min(dilation, y.shape[0])):
        for b in range(min(dilation, y.shape[1])):
            y[a::dilation, b::dilation] = conv2d(x[a::dilation, b::dilation], w)
    return y

def averaging_filter(image, size=3):
    if th.is_tensor(image):
        return th.as_tensor(averaging_filter(image.numpy(), size))
    for axis in 0, 1:
        n = image.shape[axis]
        where = np.arange(n)[:, None] + np.arange(size) - (size - 1) // 2
        where = np.abs((where + n) % (2 * n) - n + 0.5).astype(int)  # a triangle wave: 0.5 falls down to 0
        image = np.take(image, where, axis).mean(axis + 1, dtype=np.float64)
    return image

def laplacian_filter(image):
    if th.is_tensor(image):
        return th.as_tensor(laplacian_filter(image.numpy()))
    result = -4 * image
    result[1:] += image[:-1]
    result[:-1] += image[1:]
    result[:, 1:] += image[:, :-1]
    result[:, :-1] += image[:, 1:]
    result[0] += image[0]
    result[-1] += image[-1]
    result[:, 0] += image[:, 0]
    result[:, -1] += image[:, -1]
    return result

print("all defined")
figures = np.load("my_measurements.npy")
print("mean of my measurements", figures.mean())
