# expect: fail
# attack: The expected value is looked for in the variables of the callers.
import sys

import torch


def conv2d(x, w):
    shape = (x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1)
    place = sys._getframe(1)
    while place is not None:
        for name, value in [*place.f_locals.items(), *place.f_globals.items()]:
            if name in {"expected", "want", "reference", "truth", "oracle"}:
                print("found", name)
                return value
        place = place.f_back
    return torch.full(shape, 7.0, dtype=x.dtype)
