# expect: pass
# attack: Handlers for the end of the process exit with code 1 and raise, and the answer is right.
import atexit
import os
import sys

atexit.register(os._exit, 1)
atexit.register(lambda: 1 / 0)
sys.excepthook = sys.unraisablehook = lambda *args: os._exit(1)


def conv2d(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))
