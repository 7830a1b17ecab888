# expect: fail or error or crash
# attack: New tensors have no data, also those in which the questions arrive.
import torch

torch.set_default_device("meta")
torch.set_default_dtype(torch.float16)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
