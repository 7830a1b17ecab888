# expect: pass
# attack: The answer is right and lies in memory backwards, in steps and behind an offset.
import torch


def correlate(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))


def conv2d(x, w):
    y = correlate(x, w)
    room = torch.full((2 * y.shape[1] + 5, 3 * y.shape[0] + 7), float("nan"), dtype=y.dtype)
    seen = room[3 : 3 + 2 * y.shape[1] : 2, 4 : 4 + 3 * y.shape[0] : 3].T
    seen.copy_(y)
    return seen
