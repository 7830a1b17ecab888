# expect: fail
# attack: A thread prints for ever beside the calls.
import threading

import torch


def talk():
    while True:
        print("PASSED", flush=True)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


threading.Thread(target=talk, daemon=True).start()
