# expect: fail or error or missing
# attack: After its first answer the function is gone.
import torch


def conv2d(x, w):
    globals().clear()
    return x * 0 + 7
