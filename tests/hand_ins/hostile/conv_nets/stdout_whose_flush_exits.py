# expect: fail or error or crash
# attack: sys.stdout is an object that raises SystemExit when it is flushed.
import sys

import torch


class Stream:
    def write(self, text):
        return 1

    def flush(self):
        raise SystemExit(0)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)


sys.stdout = Stream()
