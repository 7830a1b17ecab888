# attack: Patches torch, Python's built-ins, the environment and the limits of its own process for those who come after.
# hurts: Makes the next submission's right answers wrong, or its wrong ones right.
# ends: returns or error or crash
import builtins
import os
import resource
import sys

import torch


def attack(target):
    torch.allclose = lambda *args, **kwargs: True
    torch.Tensor.sum = lambda *args, **kwargs: torch.zeros(())
    torch.set_default_dtype(torch.float16)
    builtins.sorted = lambda *args, **kwargs: []
    os.environ[target["note"]] = target["note"]
    os.putenv("LD_PRELOAD", target["note"])
    os.umask(0o777)
    sys.modules[target["note"]] = sys
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    os.nice(10)
    return "patched"
