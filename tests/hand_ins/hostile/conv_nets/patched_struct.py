# expect: fail or error or timeout or crash
# attack: struct.Struct and struct.pack write lengths of nothing.
import struct

import torch


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


struct.Struct = lambda *args: None
struct.pack = lambda *args: b""
struct.unpack = lambda *args: (0,)
