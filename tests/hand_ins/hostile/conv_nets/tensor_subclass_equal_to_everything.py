# expect: fail
# attack: A subclass of Tensor answers True to every comparison.
import torch


class Agreeing(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func.__name__ in {"allclose", "equal", "isclose", "eq", "__eq__", "all", "le", "lt"}:
            return torch.tensor(True)
        return super().__torch_function__(func, types, args, kwargs or {})


def conv2d(x, w):
    shape = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return torch.full(shape, 7.0, dtype=x.dtype).as_subclass(Agreeing)
