# expect: fail or timeout
# attack: The answer is an object that never comes back from float(), repr() and len().
import time


class Tar:
    def __float__(self):
        while True:
            time.sleep(1)

    __index__ = __repr__ = __str__ = __len__ = __iter__ = __bool__ = __float__


def conv2d(x, w):
    return Tar()
