# expect: fail
# attack: A package named grader beside the submission takes the place of the runner's own.
import sys

import torch

for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
    del sys.modules[name]

import grader  # noqa: E402  # now that of the submission, should the folder come first

print(grader.__file__)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
