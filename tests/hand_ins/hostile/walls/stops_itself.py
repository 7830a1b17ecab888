# attack: Stops itself, again and again, so that it neither answers nor ends.
# hurts: Hangs a grader that waits for the process.
# ends: timeout
import os
import signal
import time


def attack(target):
    while True:
        for number in (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN):
            os.kill(os.getpid(), number)
        time.sleep(0.05)
