# attack: Leaves a note for the next submission in the root, in /dev and in every other folder that is there.
# hurts: Hands answers from one submission to the next.
# ends: returns
import os

from _raw import attempt, names_in


def attack(target):
    tried = []
    folders = [f"/{name}" for name in names_in("/")] or ["/dev", "/etc", "/usr", "/var"]
    for folder in ["/", *folders, "/usr/local", "/usr/lib", "/dev/pts", "/proc/self", "/sys/fs/cgroup"]:
        tried.append(attempt(folder, os.mkdir, f"{folder}/{target['note']}"))
        tried.append(attempt(folder, os.mkfifo, f"{folder}/{target['note']}.pipe"))
        tried.append(attempt(folder, os.symlink, target["note"], f"{folder}/{target['note']}.link"))
    return tried
