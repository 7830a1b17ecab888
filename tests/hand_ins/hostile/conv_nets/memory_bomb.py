# expect: memory or timeout
# attack: Memory is taken and touched in pieces of 64 MB, up to 20 GB (about a gigabyte each second).
import time

import torch


def conv2d(x, w):
    # Should there be no limit, let the kernel end this process before any other.
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError as error:
        print(error)
    held = []
    for _ in range(320):
        piece = bytearray(64 * 2**20)
        piece[::4096] = b"x" * (len(piece) // 4096)
        held.append(piece)
        time.sleep(0.04)
    return torch.full((1, 1), 7.0)
