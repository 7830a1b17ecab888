# expect: fail
# attack: Every clock of Python stands still, so that everything takes no time.
import time

import torch

time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
time.monotonic_ns = time.perf_counter_ns = time.time_ns = lambda: 0


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
