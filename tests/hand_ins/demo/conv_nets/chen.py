# HW conv nets -- Chen W.
import math
import numpy as np
import torch
from scipy import ndimage


# A1: K*K*C weights per filter + 1 bias per filter
def conv_param_count(in_channels, filters, kernel):
    W = filters * in_channels * kernel ** 2
    B = filters
    return W, B

# A2
def conv_output_shape(height, width, kernel, stride=1, padding=0, filters=1, dilation=1):
    if min(kernel, stride, dilation) < 1 or padding < 0:
        raise ValueError('bad argument: kernel={} stride={} padding={} dilation={}'.format(kernel, stride, padding, dilation))
    k_eff = kernel + (kernel - 1) * (dilation - 1)
    H = math.floor((height + 2 * padding - k_eff) / stride + 1)
    W = math.floor((width + 2 * padding - k_eff) / stride + 1)
    if H < 1 or W < 1:
        raise ValueError('kernel (%d) larger than padded input' % k_eff)
    return H, W, filters

# A3
def pool_output_shape(height, width, channels, kernel, stride=None):
    stride = stride or kernel
    return (height - kernel) // stride + 1, (width - kernel) // stride + 1, channels

# A4: distill.pub formula: r = 1 + sum (k_l - 1) * prod_{i<l} s_i
def receptive_field(layers):
    r = 1
    for l, layer in enumerate(layers):
        d = layer[2] if len(layer) > 2 else 1
        r += (layer[0] - 1) * d * math.prod(prev[1] for prev in layers[:l])
    return r

# A5
def layer_table(layers, input_shape):
    rows = [('input', 0, input_shape)]
    shape = input_shape
    for name in layers:
        kind, _, number = name.partition('-')
        try:
            if name == 'flatten':
                params, shape = 0, (math.prod(shape),)
            elif kind == 'fc':
                params, shape = (shape[0] + 1) * int(number), (int(number),)
            elif kind.startswith('conv'):
                params = sum(conv_param_count(shape[2], int(number), int(kind[4:])))
                shape = (shape[0], shape[1], int(number))
            elif kind.startswith('pool'):
                window = int(kind[4:] or number)
                params, shape = 0, pool_output_shape(*shape, window, int(number))
            else:
                raise ValueError
        except ValueError:
            raise ValueError('not a layer: ' + name)
        rows.append((name, params, shape))
    return rows


# ---- part B. everything with Tensor.unfold ----
def patches(x, k1, k2):
    return x.unfold(0, k1, 1).unfold(1, k2, 1)

def conv2d(x, w):
    return (patches(x, *w.shape) * w).sum(dim=(2, 3))

def conv2d_weight_grad(x, dy):
    return (patches(x, *dy.shape) * dy).sum(dim=(2, 3))

def conv2d_input_grad(w, dy):
    k = w.shape[0]
    big = torch.zeros(dy.shape[0] + 2 * (k - 1), dy.shape[1] + 2 * (k - 1), dtype=dy.dtype)
    big[k - 1:k - 1 + dy.shape[0], k - 1:k - 1 + dy.shape[1]] = dy
    return conv2d(big, torch.flip(w, (0, 1)))

def sgd_step(w, dw, lr):
    return w - lr * dw

def weight_grad_std(m, sigma_x, sigma_dy):
    return m * sigma_x * sigma_dy

def max_pool_backward(x, dy, kernel=2):
    n, m = dy.shape
    flat = x.unfold(0, kernel, kernel).unfold(1, kernel, kernel).reshape(n, m, -1)
    grad = torch.zeros_like(flat)
    rows, cols = torch.meshgrid(torch.arange(n), torch.arange(m), indexing='ij')
    grad[rows, cols, flat.argmax(dim=2)] = dy
    return grad.view(n, m, kernel, kernel).permute(0, 2, 1, 3).reshape(x.shape)

def avg_pool_backward(x, dy, kernel=2):
    return torch.kron(dy, torch.ones(kernel, kernel, dtype=dy.dtype)) / kernel ** 2

def conv_transpose2d(x, w, stride=1):
    h, v = x.shape
    spread = torch.zeros((h - 1) * stride + 1, (v - 1) * stride + 1, dtype=x.dtype)
    spread[::stride, ::stride] = x
    return conv2d_input_grad(w, spread)

def dilated_conv2d(x, w, dilation=1):
    k = len(w)
    holes = torch.zeros((k - 1) * dilation + 1, (k - 1) * dilation + 1, dtype=w.dtype)
    holes[::dilation, ::dilation] = w
    return conv2d(x, holes)


# ---- part C ----
def averaging_filter(image, size=3):
    filt = np.ones((size, size)) / 9.0
    out = ndimage.convolve(np.asarray(image), filt, mode='reflect')
    return torch.from_numpy(out) if torch.is_tensor(image) else out

def laplacian_filter(image):
    filt = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    out = ndimage.convolve(np.asarray(image), filt, mode='reflect')
    return torch.from_numpy(out) if torch.is_tensor(image) else out
