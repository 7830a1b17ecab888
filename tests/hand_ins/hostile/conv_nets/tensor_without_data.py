# expect: fail or error or crash
# attack: A wrapper subclass of Tensor claims a size and has no data, and every operation on it fails.
import torch


class Hollow(torch.Tensor):
    @staticmethod
    def __new__(cls, shape, dtype):
        return torch.Tensor._make_wrapper_subclass(cls, shape, dtype=dtype)

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        raise SystemExit(0)


def conv2d(x, w):
    return Hollow((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), x.dtype)
