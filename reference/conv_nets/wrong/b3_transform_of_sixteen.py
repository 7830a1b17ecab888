"""Convolves by a Fourier transform of 16 x 16, which is long enough for small pictures only."""

import torch


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    spectrum = torch.fft.rfft2(w, s=(16, 16)) * torch.fft.rfft2(dy, s=(16, 16))
    return torch.fft.irfft2(spectrum, s=(16, 16))[: dy.shape[0] + k - 1, : dy.shape[1] + k - 1]
