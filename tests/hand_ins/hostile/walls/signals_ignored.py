# attack: Blocks and ignores every signal that can be, and never answers.
# hurts: Hangs a grader that ends a process politely.
# ends: timeout
import contextlib
import signal
import time


def attack(target):
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        time.sleep(60)
