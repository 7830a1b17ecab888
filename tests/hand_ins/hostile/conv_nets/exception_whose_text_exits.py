# expect: error or crash
# attack: Asking for the text of the exception ends the process.
import os


class Last(Exception):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__


def conv2d(x, w):
    raise Last
