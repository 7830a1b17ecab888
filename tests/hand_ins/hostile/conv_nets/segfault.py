# expect: crash
# attack: The process reads from address 0.
import ctypes


def conv2d(x, w):
    return ctypes.string_at(0)
