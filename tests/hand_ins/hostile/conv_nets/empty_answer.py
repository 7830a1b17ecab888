# expect: fail
# attack: The answer is an empty tensor, all elements of which are right.
import torch


def conv2d(x, w):
    return torch.empty(0, 0, dtype=x.dtype)
