# expect: fail or error or timeout or crash
# attack: max() says 0, all() says True and AssertionError is a class that nobody raises.
import builtins

import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


builtins.max = lambda *args, **kwargs: 0
builtins.all = lambda values: True
builtins.AssertionError = type("NeverRaised", (BaseException,), {})
