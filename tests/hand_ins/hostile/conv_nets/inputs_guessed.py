# expect: fail
# attack: All random numbers are made the same, so that the questions can be known before.
import random

import numpy
import torch

random.seed(0)
numpy.random.seed(0)
torch.manual_seed(0)
random.seed = numpy.random.seed = torch.manual_seed = lambda *args: None
torch.rand = torch.randn = lambda *shape, **kwargs: torch.zeros(*shape)
random.random = lambda: 0.0


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
