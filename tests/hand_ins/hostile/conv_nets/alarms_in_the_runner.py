# expect: fail or error or timeout or crash
# attack: A timer raises exceptions in whatever code runs, a hundred times each second.
import signal

import torch


def interrupt(number, frame):
    raise RuntimeError("interrupted")


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


signal.signal(signal.SIGALRM, interrupt)
signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
