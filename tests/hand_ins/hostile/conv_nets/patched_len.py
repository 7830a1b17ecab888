# expect: fail or error or timeout or crash
# attack: len() says 0 from the first call on, also to whoever sends the answer.
import builtins

import torch


def conv2d(x, w):
    builtins.len = lambda collection: 0
    return torch.full((1, 1), 7.0)
