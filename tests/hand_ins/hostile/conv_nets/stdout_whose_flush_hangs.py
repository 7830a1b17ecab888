# expect: timeout
# attack: sys.stdout is an object that never comes back from a flush.
import sys
import time

import torch


class Stream:
    def write(self, text):
        return 1

    def flush(self):
        while armed:
            time.sleep(1)


armed = False
sys.stdout = Stream()


def conv2d(x, w):
    global armed
    armed = True
    return torch.full((1, 1), 7.0)
