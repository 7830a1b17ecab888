# expect: timeout
# attack: The function sleeps for eleven days.
import time


def conv2d(x, w):
    time.sleep(10**6)
