# expect: fail or error or timeout or crash
# attack: Every import from now on gives a module that agrees with everything.
import builtins
import types

import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


builtins.__import__ = lambda name, *args: types.SimpleNamespace(allclose=lambda *args: True)
