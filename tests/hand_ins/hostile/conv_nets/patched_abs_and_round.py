# expect: fail or error or crash
# attack: abs() and round() say 0, so that every difference is small.
import builtins

import torch

builtins.abs = lambda value: 0
builtins.round = lambda value, digits=None: 0
torch.Tensor.abs = torch.abs = lambda tensor: tensor * 0


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
