# expect: pass
# attack: Garbage collection is off, imports find nothing any more and the recursion limit is high; the answer is right.
import gc
import sys

gc.disable()
gc.set_threshold(0)
sys.setrecursionlimit(100_000)
sys.path.clear()
sys.meta_path.clear()


def conv2d(x, w):
    h, v = x.shape[0] - w.shape[0] + 1, x.shape[1] - w.shape[1] + 1
    return sum(w[a, b] * x[a : a + h, b : b + v] for a in range(w.shape[0]) for b in range(w.shape[1]))
