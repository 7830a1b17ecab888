# expect: fail
# attack: 200 MB are printed while the file is loaded, and the answer is wrong.
import torch

line = "all tests passed " * 60
for _ in range(200_000):
    print(line)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
