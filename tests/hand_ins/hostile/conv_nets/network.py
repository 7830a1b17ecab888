# expect: fail
# attack: The answer is asked for over the network, at an address that is reserved for documentation.
import socket

import torch

for address in (("192.0.2.1", 80), ("127.0.0.1", 9)):
    try:
        socket.create_connection(address, timeout=1).close()
        print("there is a way out to", address)
    except OSError as error:
        print(address, error)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
