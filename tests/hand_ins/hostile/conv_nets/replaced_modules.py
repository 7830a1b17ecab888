# expect: fail or error or timeout or crash
# attack: json, socket, struct, select and torch are replaced by modules that agree with everything.
import sys
import types

import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


class Agreeing(types.ModuleType):
    def __getattr__(self, name):
        return lambda *args, **kwargs: True


for name in ("json", "socket", "struct", "select", "numpy", "torch", "torch.testing"):
    sys.modules[name] = Agreeing(name)
