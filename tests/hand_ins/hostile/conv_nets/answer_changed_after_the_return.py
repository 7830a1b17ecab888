# expect: fail
# attack: A thread goes on writing into the answer after it was returned.
import threading

import torch


def conv2d(x, w):
    answer = torch.zeros(x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1, dtype=x.dtype)

    def write():
        for value in range(10_000):
            answer.fill_(value)

    threading.Thread(target=write, daemon=True).start()
    return answer
