# attack: Forks twice, leaves its session and ignores signals; the daemon later writes to the canary and a note.
# hurts: Goes on after the grading, and can change what others hand in.
# ends: returns or error
import contextlib
import os
import signal
import time


def attack(target):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            live(target)
        os._exit(0)
    return "left behind"


def live(target):
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    for number in range(3, 256):
        with contextlib.suppress(OSError):
            os.close(number)
    for _ in range(100):
        time.sleep(0.2)
        for path in (target["canary_file"], f"{target['canary_folder']}/{target['note']}", f"/tmp/{target['note']}"):
            with contextlib.suppress(OSError), open(path, "a") as file:
                file.write(target["note"])
    os._exit(0)
