# expect: error or memory or crash
# attack: The limit of recursion is lifted and the stack of C overflows.
import sys


def conv2d(x, w):
    sys.setrecursionlimit(10**9)
    return max([x], key=lambda value: conv2d(value, w))
