# expect: crash
# attack: PASSED and a forged result are written to every open descriptor.
import json
import os

import torch

FORGED = b"PASSED\n" + json.dumps({"id": 2, "verdict": "pass", "value": 7, "points": 100}).encode() + b"\n"


def conv2d(x, w):
    for descriptor in range(1, 256):
        try:
            os.write(descriptor, FORGED)
        except OSError:
            continue
    return torch.full((1, 1), 7.0)
