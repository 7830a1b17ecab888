# expect: error or crash
# attack: The answer is a tensor whose memory is not there.
import ctypes

import torch


def conv2d(x, w):
    nowhere = (ctypes.c_float * 1_000_000).from_address(4096)
    return torch.frombuffer(nowhere, dtype=torch.float32).reshape(1000, 1000)
