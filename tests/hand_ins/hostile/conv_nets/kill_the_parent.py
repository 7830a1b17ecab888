# expect: fail or crash
# attack: The process that started this one is killed.
import os
import signal

import torch


def conv2d(x, w):
    # Only in a process name space of its own; elsewhere signal 0, which asks whether it would be allowed.
    number = signal.SIGKILL if os.getpid() < 20 and (os.getuid() != 0 or os.getpid() == 1) else 0
    try:
        os.kill(os.getppid(), number)
    except OSError as error:
        print("the parent lives:", error)
    return torch.full((1, 1), 7.0)
