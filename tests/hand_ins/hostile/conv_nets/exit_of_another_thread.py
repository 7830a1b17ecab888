# expect: fail or crash
# attack: A thread ends the process a moment after a call was answered.
import os
import threading
import time

import torch


def end_soon():
    time.sleep(0.02)
    os._exit(0)


def conv2d(x, w):
    threading.Thread(target=end_soon, daemon=True).start()
    return torch.full((1, 1), 7.0)
