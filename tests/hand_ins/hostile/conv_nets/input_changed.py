# expect: fail
# attack: The picture is set to zero, so that the expected answer becomes zero too.
import torch


def conv2d(x, w):
    x.zero_()
    w.zero_()
    return torch.zeros(x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1, dtype=x.dtype)
