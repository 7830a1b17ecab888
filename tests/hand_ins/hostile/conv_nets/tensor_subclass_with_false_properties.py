# expect: fail or error or crash
# attack: A subclass of Tensor lies about its shape and dtype and about its own bytes.
import torch


class Liar(torch.Tensor):
    shape = property(lambda self: torch.Size([2**40, 2**40]))
    dtype = property(lambda self: torch.int64)
    layout = property(lambda self: torch.strided)
    device = property(lambda self: torch.device("cuda", 7))

    def detach(self):
        return self

    cpu = contiguous = resolve_conj = resolve_neg = reshape = view = lambda self, *args: self

    def numpy(self):
        return memoryview(b"forged")


def conv2d(x, w):
    return torch.full((3, 3), 7.0).as_subclass(Liar)
