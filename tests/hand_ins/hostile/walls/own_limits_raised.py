# attack: Raises its own limits and priority: setrlimit, prlimit, nice, real-time classes, the score for lack of memory.
# hurts: Takes more than its share.
# never: raised
# ends: returns
import os
import resource

from _raw import attempt

NAMES = ("DATA", "CPU", "FSIZE", "NOFILE", "NPROC", "CORE", "AS", "MEMLOCK", "RTPRIO", "NICE", "SIGPENDING", "MSGQUEUE", "STACK")


def attack(target):
    tried = [attempt(name, more, getattr(resource, f"RLIMIT_{name}")) for name in NAMES]
    tried += [attempt("nice", priority), attempt("deadline", real_time, os.SCHED_FIFO), attempt("round", real_time, os.SCHED_RR)]
    return [*tried, attempt("memory", score)]


def more(kind):
    before = resource.getrlimit(kind)[1]
    if before == resource.RLIM_INFINITY:
        return "without a limit"
    for value in (resource.RLIM_INFINITY, before + 1):
        for setter in (resource.setrlimit, lambda kind, pair: resource.prlimit(os.getpid(), kind, pair)):
            try:
                setter(kind, (before, value))
            except (ValueError, OSError):
                continue
            return f"raised from {before} to {value}"
    return "kept"


def priority():
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, before - 10)
    return "raised" if os.getpriority(os.PRIO_PROCESS, 0) < before else "kept"


def real_time(kind):
    os.sched_setscheduler(0, kind, os.sched_param(1))
    return "raised" if os.sched_getscheduler(0) == kind else "kept"


def score():
    with open("/proc/self/oom_score_adj", "r+") as file:
        before = int(file.read())
        file.seek(0)
        file.write(str(before - 500))
        file.flush()
    return "raised"
