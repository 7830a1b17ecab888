# attack: Sets alarms and timers that go off after its answer, and replaces the clocks of its process.
# hurts: Breaks the runner off in the middle of an answer; makes times look short.
# ends: returns or error or crash
import signal
import time

from _raw import attempt


def attack(target):
    def raising(number, frame):
        raise KeyboardInterrupt("an alarm")

    for name in ("monotonic", "perf_counter", "time", "process_time"):
        setattr(time, name, lambda: 0.0)
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, raising)
    tried = [attempt("interval", signal.setitimer, signal.ITIMER_REAL, 0.0005, 0.0005)]
    tried.append(attempt("virtual", signal.setitimer, signal.ITIMER_VIRTUAL, 0.01))
    return tried
