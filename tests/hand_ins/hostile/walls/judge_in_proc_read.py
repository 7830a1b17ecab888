# attack: Reads everything else that /proc tells of the judge: command line, maps, limits, mounts, stack.
# hurts: Shows addresses, arguments and paths.
# never: \[heap\]|Max open files
# ends: returns
import os

from _raw import attempt, read_file

NAMES = ("cmdline", "maps", "smaps", "limits", "auxv", "stack", "syscall", "wchan", "io", "sched", "pagemap", "clear_refs")


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["starter_pid"]):
        tried += [attempt(name, read_file, f"/proc/{pid}/{name}", 65536) for name in NAMES]
        tried += [attempt(name, os.readlink, f"/proc/{pid}/{name}") for name in ("exe", "cwd", "root", "ns/mnt")]
        tried += [attempt(name, os.listdir, f"/proc/{pid}/{name}") for name in ("fd", "task", "cwd", "root", "map_files")]
    return tried
