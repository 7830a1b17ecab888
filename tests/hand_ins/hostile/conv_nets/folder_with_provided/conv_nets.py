# expect: fail
# attack: A provided.py of the submission takes the place of the course's own code and patches torch.
import sys

import provided
import torch

sys.modules["provided"] = provided


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
