# expect: timeout
# attack: Every clock of Python stands still, and the function never comes back.
import time

time.time = time.monotonic = time.perf_counter = time.process_time = lambda: 0.0
time.monotonic_ns = time.perf_counter_ns = time.time_ns = lambda: 0
time.sleep = lambda seconds: None


def conv2d(x, w):
    while time.monotonic() < 1.0:
        pass
