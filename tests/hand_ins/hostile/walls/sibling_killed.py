# attack: Kills the runner of another submission.
# hurts: Makes its questions end as a crash.
# ends: returns or crash
import os
import signal

from _raw import attempt, names_in


def attack(target):
    pids = {target["sibling_pid"], target["sibling_outer_pid"]}
    if not os.path.exists(f"/proc/{target['judge_pid']}"):
        pids |= {int(name) for name in names_in("/proc") if name.isdigit()}  # of its own name space: nobody else's
    pids -= {1, os.getpid(), os.getppid()}
    return [attempt(f"{pid}", os.kill, pid, signal.SIGKILL) for pid in sorted(pids)]
