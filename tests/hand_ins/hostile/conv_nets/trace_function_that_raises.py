# expect: fail or error or timeout or crash
# attack: A profile function raises in whatever function runs next.
import sys

import torch


def refuse(frame, event, argument):
    raise SystemExit(0)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


sys.setprofile(refuse)
