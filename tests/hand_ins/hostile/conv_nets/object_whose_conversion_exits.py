# expect: fail or error or crash
# attack: The answer is an object that ends the process in float(), repr() and len().
import os


class Trap:
    def __float__(self):
        raise SystemExit(0)

    def __index__(self):
        os._exit(0)

    __repr__ = __str__ = __len__ = __iter__ = __bool__ = __float__


def conv2d(x, w):
    return Trap()
