"""Correlates by a Fourier transform of 16 x 16, which is long enough for small pictures only."""

import torch


def conv2d_weight_grad(x, dy):
    k = x.shape[0] - dy.shape[0] + 1
    spectrum = torch.fft.rfft2(x, s=(16, 16)) * torch.fft.rfft2(dy, s=(16, 16)).conj()
    return torch.fft.irfft2(spectrum, s=(16, 16))[:k, :k]
