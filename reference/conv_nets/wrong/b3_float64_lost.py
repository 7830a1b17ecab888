"""Pads with torch.zeros of the default dtype, so that float64 goes in and float32 comes out."""

import torch


def conv2d_input_grad(w, dy):
    k = w.shape[0]
    padded = torch.zeros(dy.shape[0] + 2 * k - 2, dy.shape[1] + 2 * k - 2)
    padded[k - 1 : k - 1 + dy.shape[0], k - 1 : k - 1 + dy.shape[1]] = dy
    turned = w.flip(0, 1).float()
    return (padded.unfold(0, k, 1).unfold(1, k, 1) * turned).sum((-1, -2))
