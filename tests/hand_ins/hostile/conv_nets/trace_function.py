# expect: fail
# attack: A trace function looks for the expected value in every frame and writes its own into it.
import sys
import threading

import torch


def trace(frame, event, argument):
    for name in ("expected", "verdict", "passed", "points"):
        if name in frame.f_locals:
            print("found", name)
            frame.f_locals[name] = True
    return trace


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


threading.settrace(trace)
threading.setprofile(trace)
sys.settrace(trace)
sys.setprofile(trace)
