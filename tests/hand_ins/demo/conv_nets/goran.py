"""conv nets, Goran"""
import torch


def conv_param_count(in_channels, filters, kernel):
    return filters * in_channels * kernel**2, filters


def pool_output_shape(height, width, channels, kernel, stride=None):
    if stride is None
        stride = kernel
    return (height - kernel) // stride + 1, (width - kernel) // stride + 1, channels


def conv2d(x, w):
    k = w.shape[0]
    return (x.unfold(0, k, 1).unfold(1, k, 1) * w).sum((2, 3))


def sgd_step(w, dw, lr):
    return w - lr * dw
