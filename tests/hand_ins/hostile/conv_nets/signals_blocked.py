# expect: timeout
# attack: All signals are blocked and ignored, and then the function never comes back.
import contextlib
import signal
import time


def conv2d(x, w):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in signal.valid_signals():
        with contextlib.suppress(OSError, ValueError):
            signal.signal(number, signal.SIG_IGN)
    while True:
        time.sleep(1)
