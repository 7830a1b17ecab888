# expect: crash
# attack: os._exit(0) inside the function: exit code 0 in the middle of a call.
import os


def conv2d(x, w):
    os._exit(0)
