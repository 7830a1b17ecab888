# expect: fail or error
# attack: Files beside the submission are named like libraries and like files that tests and Python look for.
import json

import numpy
import torch


def conv2d(x, w):
    return x[w.shape[0] - 1 :, w.shape[1] - 1 :] * 0 + 7
