# expect: missing
# attack: sys.exit(0) ends the file before anything is defined.
import sys

import torch

sys.exit(0)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
