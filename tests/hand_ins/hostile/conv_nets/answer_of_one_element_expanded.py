# expect: fail or memory or crash
# attack: The answer is one element in memory and 40 TB when it is written out.
import torch


def conv2d(x, w):
    return torch.ones(1).expand(10**13)
