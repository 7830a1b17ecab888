# expect: fail
# attack: Daemons detach themselves and live on after the submission was graded (for 30 seconds).
import os
import time

import torch


def detach():
    try:
        if os.fork():
            return
    except OSError:
        return
    os.setsid()
    try:
        time.sleep(30)
    finally:
        os._exit(0)


for _ in range(5):
    detach()


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
