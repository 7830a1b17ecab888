# expect: crash
# attack: The destructor of a local object ends the process when the call returns.
import os

import torch


class Bomb:
    def __del__(self):
        os._exit(0)


def conv2d(x, w):
    bomb = Bomb()
    return torch.full((1, 1), 7.0) if bomb else None
