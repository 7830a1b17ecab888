# expect: timeout
# attack: socket.send is replaced by a function that sends nothing and says it did.
import socket

import torch


def conv2d(x, w):
    socket.socket.send = socket.socket.sendall = lambda self, data, *flags: len(data)
    return torch.full((1, 1), 7.0)
