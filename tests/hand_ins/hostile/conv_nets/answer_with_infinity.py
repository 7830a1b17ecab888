# expect: fail
# attack: The answer is infinite everywhere.
import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), float("inf"), dtype=x.dtype)
