# expect: fail or error or timeout or crash
# attack: The table of imported modules is emptied.
import sys

import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


sys.modules.clear()
