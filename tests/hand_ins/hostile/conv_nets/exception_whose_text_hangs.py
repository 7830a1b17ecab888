# expect: error or timeout
# attack: The text of the exception never comes.
import time


class Slow(Exception):
    def __str__(self):
        while True:
            time.sleep(1)

    __repr__ = __str__


def conv2d(x, w):
    raise Slow
