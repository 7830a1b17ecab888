# expect: crash
# attack: Every descriptor is closed in the middle of a call.
import os

import torch


def conv2d(x, w):
    os.closerange(0, 65536)
    return torch.full((1, 1), 7.0)
