# expect: fail
# attack: The answer is NaN everywhere, which no comparison calls larger than a tolerance.
import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), float("nan"), dtype=x.dtype)
