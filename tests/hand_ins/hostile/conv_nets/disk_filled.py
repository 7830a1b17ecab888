# expect: fail
# expect at B, C: fail or crash
# attack: Files of 32 MB fill the disk, up to 2 GB; they are removed at once.
import os

import torch

names = [f"filling_{number}" for number in range(64)]
try:
    for name in names:
        with open(name, "wb") as file:
            file.write(bytes(32 * 2**20))
except OSError as error:
    print("the disk is full:", error)
finally:
    for name in names:
        if os.path.exists(name):
            os.unlink(name)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
