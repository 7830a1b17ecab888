# expect: timeout
# attack: The function waits for a lock that it holds itself.
import threading


def conv2d(x, w):
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()
