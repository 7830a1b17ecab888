# attack: Leaves its control group, makes another and looks for a release agent.
# hurts: Escapes limits, or has the kernel run a program as root, as the escape by release_agent did.
# never: opened to write|made a group
# ends: returns
import glob
import os

from _raw import attempt, read_file

FOLDERS = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/rdma")


def attack(target):
    tried = [attempt("own", read_file, "/proc/self/cgroup")]
    for folder in FOLDERS:
        tried.append(attempt(folder, made, f"{folder}/{target['note']}"))
        for name in ("cgroup.procs", "release_agent", "notify_on_release", "memory.max", "pids.max", "cgroup.kill"):
            tried += [attempt(path, opened, path) for path in (f"{folder}/{name}", *glob.glob(f"{folder}/*/{name}")[:5])]
    return tried


def made(path):
    os.mkdir(path)
    os.rmdir(path)
    return "made a group"


def opened(path):
    os.close(os.open(path, os.O_WRONLY))
    return "opened to write"
