# expect: fail or error or timeout or crash
# attack: A thread reads the judge's questions from the socket before the runner does.
import os
import stat
import threading
import time


def sockets():
    """Descriptors of every socket that this process holds."""
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                yield descriptor
        except OSError:
            continue


def inject(data):
    for descriptor in sockets():
        rest = data
        while rest:
            try:
                rest = rest[os.write(descriptor, rest) :]
            except BlockingIOError:
                continue  # the judge has not read the first part yet
            except OSError:
                break


def steal():
    while True:
        for descriptor in sockets():
            try:
                os.read(descriptor, 65536)
            except OSError:
                time.sleep(0.001)


def conv2d(x, w):
    return x * 7


threading.Thread(target=steal, daemon=True).start()
