# expect: fail or error or timeout or crash
# attack: isinstance() always says True, so that every check of a type succeeds.
import builtins

import torch


def conv2d(x, w):
    builtins.isinstance = lambda value, kinds: True
    return torch.full((1, 1), 7.0)
