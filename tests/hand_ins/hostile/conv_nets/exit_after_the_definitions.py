# expect: fail
# attack: sys.exit(0) after the definitions makes the run look successful.
import sys

import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


sys.exit(0)
