# expect: pass
# attack: The standard streams are closed and replaced by None, and the answer is right.
import os
import sys

sys.stdout.close()
sys.stdout = sys.stderr = sys.stdin = None
for descriptor in (0, 1, 2):
    os.close(descriptor)


def conv2d(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))
