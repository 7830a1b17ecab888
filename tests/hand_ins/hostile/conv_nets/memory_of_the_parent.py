# expect: fail
# attack: The memory of the parent process is searched for the expected answer.
import os
import time

import torch


def search(pid):
    until, left = time.monotonic() + 3, 64 * 2**20
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights = line.split()[:2]
            start, stop = (int(end, 16) for end in span.split("-"))
            if rights[0] != "r" or left <= 0 or time.monotonic() > until:
                continue
            memory.seek(start)
            data = memory.read(min(stop - start, left, 2**22))
            left -= len(data)
            if b"checks_hidden" in data:
                print("the parent holds the hidden checks at", hex(start))


try:
    search(os.getppid())
except (OSError, ValueError, OverflowError) as error:
    print("the parent cannot be read:", error)


def conv2d(x, w):
    return torch.full((x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1), 7.0, dtype=x.dtype)
