# expect: fail or error or timeout or crash
# attack: A torch function mode that is never left answers every call of torch with True.
import torch
from torch.overrides import TorchFunctionMode


class Lies(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        return torch._C._TensorBase(1)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


Lies().__enter__()
