# attack: Reads the reference solution where the repository is, and looks for it wherever it could have been put.
# hurts: Shows the right answers.
# ends: returns
import os

from _raw import attempt, read_file

PLACES = ("/", "/runner", "/app", "/srv", "/opt", "/mnt", "/autograder", "/work", "/workspace", "/home", "/root", "/tmp")


def attack(target):
    roots = [target["repository"], *PLACES, "/proc/self/cwd/..", os.path.dirname(target["repository"])]
    paths = [f"{root}/reference/conv_nets/conv_nets.{kind}" for root in roots for kind in ("py", "ipynb")]
    tried = [attempt(path, read_file, path, 100_000) for path in paths]
    return tried + [attempt(root, os.listdir, root) for root in roots] + found("conv_nets.py")


def found(name):
    got = []
    for root in PLACES[1:]:
        for count, (folder, folders, files) in enumerate(os.walk(root)):
            folders[:] = [one for one in folders if not one.startswith((".", "proc"))]
            if name in files and "submission" not in folder:
                got.append(attempt(folder, read_file, f"{folder}/{name}", 100_000))
            if count > 200:
                break
    return got
