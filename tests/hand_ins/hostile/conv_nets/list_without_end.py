# expect: timeout
# attack: The answer is a list whose iteration never ends.
import time


class Endless(list):
    def __iter__(self):
        while True:
            time.sleep(0.001)
            yield 0


def conv2d(x, w):
    return Endless()
