"""Builds a torch.nn.Conv2d in a helper class and sets its weight; still a library layer."""

import torch


class _Slider:
    def __init__(self, w):
        self.layer = torch.nn.Conv2d(1, 1, w.shape[0], bias=False, dtype=w.dtype)
        self.layer.weight.data = w[None, None].clone()

    def __call__(self, x):
        return self.layer(x[None, None])[0, 0].detach()


def conv2d(x, w):
    return _Slider(w)(x)
