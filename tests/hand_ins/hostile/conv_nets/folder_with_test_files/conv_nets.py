# expect: fail
# attack: Files beside the submission configure pytest and mark every test as passed.
import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
