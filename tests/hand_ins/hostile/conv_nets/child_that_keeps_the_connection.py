# expect: timeout or crash
# attack: The process dies and a child keeps its connection open (for 20 seconds).
import os
import time


def conv2d(x, w):
    try:
        child = os.fork()
    except OSError:
        os._exit(0)
    if child:
        os._exit(0)
    try:
        time.sleep(20)
    finally:
        os._exit(0)
