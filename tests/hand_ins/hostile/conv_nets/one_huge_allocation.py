# expect: memory
# attack: One tensor of 16 TB is asked for.
import torch


def conv2d(x, w):
    return torch.empty(2**42, dtype=torch.float32)
