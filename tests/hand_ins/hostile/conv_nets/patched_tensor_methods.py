# expect: fail or error or timeout or crash
# attack: The methods by which a tensor leaves the process give something else.
import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


for name in ("detach", "cpu", "numpy", "contiguous", "reshape", "view", "tobytes", "tolist", "__eq__", "__sub__"):
    setattr(torch.Tensor, name, lambda self, *args, **kwargs: torch.zeros(1))
