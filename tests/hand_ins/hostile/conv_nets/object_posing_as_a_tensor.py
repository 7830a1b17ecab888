# expect: fail or error or crash
# attack: An object says of its class that it is torch.Tensor.
import torch


class Impostor:
    __class__ = torch.Tensor
    dtype = torch.float32
    layout = torch.strided
    shape = (1, 1)


def conv2d(x, w):
    return Impostor()
