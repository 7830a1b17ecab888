# expect: error or crash
# attack: The traceback of the exception has a hundred thousand lines.
import sys


def down(depth):
    if depth == 0:
        raise ValueError("at the bottom")
    down(depth - 1)


def conv2d(x, w):
    sys.setrecursionlimit(200_000)
    down(100_000)
