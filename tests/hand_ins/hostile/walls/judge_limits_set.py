# attack: Gives the judge limits with prlimit: one second of processor time, no files.
# hurts: The kernel then ends the judge.
# ends: returns
import ctypes
import os
import resource

from _raw import attempt, call


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["starter_pid"], target["sibling_outer_pid"], os.getppid()):
        if pid == 0:
            continue
        for kind, value in ((resource.RLIMIT_NOFILE, 64), (resource.RLIMIT_CPU, 3600), (resource.RLIMIT_CORE, 0)):
            tried.append(attempt(f"{pid}", resource.prlimit, pid, kind, (value, value)))
        limits = (ctypes.c_uint64 * 2)(64, 64)
        tried.append(f"{pid}: {call('prlimit64', pid, resource.RLIMIT_NPROC, limits, None)}")
    return tried
