# expect: crash
# attack: The process aborts itself.
import os


def conv2d(x, w):
    os.abort()
