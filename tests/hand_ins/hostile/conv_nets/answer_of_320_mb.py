# expect: fail or memory or crash
# attack: The answer is larger than an answer may be.
import torch


def conv2d(x, w):
    return torch.zeros(80_000_000)
