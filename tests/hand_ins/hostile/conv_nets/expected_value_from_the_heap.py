# expect: fail
# attack: The expected value is looked for among all objects of the process.
import gc

import torch


def conv2d(x, w):
    shape = (x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1)
    for value in gc.get_objects():
        if type(value) is torch.Tensor and value is not x and value is not w and tuple(value.shape) == shape:
            print("found", value)
            return value.clone()
    return torch.full(shape, 7.0, dtype=x.dtype)
