# attack: Registers everything that runs at the end: atexit, destructors, threads, signal handlers, the end of the interpreter.
# hurts: Acts after the answer, or keeps the process from ending.
# ends: returns or error
import atexit
import contextlib
import signal
import sys
import threading
import time


class Last:
    def __init__(self, act):
        self.act = act

    def __del__(self):
        self.act()


def attack(target):
    def act(*args):
        with contextlib.suppress(OSError), open(f"{target['canary_folder']}/{target['note']}", "w") as file:
            file.write("at the end")
        time.sleep(20)

    atexit.register(act)
    sys.last_words = Last(act)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGXCPU):
        signal.signal(number, act)
    threading.Thread(target=time.sleep, args=(20,)).start()
    threading._register_atexit(act)
    return "registered"
