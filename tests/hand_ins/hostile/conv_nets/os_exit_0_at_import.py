# expect: crash
# attack: os._exit(0) while the file is loaded: exit code 0 and no result.
import os

print("100 points")
os._exit(0)


def conv2d(x, w):
    return None
