# expect: fail or error or crash
# attack: Files are opened until no descriptor is left, and stay open.
import os

import torch

held = []
try:
    for _ in range(5000):
        held.append(os.open(os.devnull, os.O_RDONLY))
except OSError as error:
    print(len(held), "descriptors, then", error)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
