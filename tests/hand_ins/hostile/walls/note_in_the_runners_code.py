# attack: Opens for writing the code of the runner itself, its caches and the libraries, which the next submission runs.
# hurts: Runs its own code inside the next submission.
# never: opened to write
# ends: returns
import importlib.util
import os
import sys

from _raw import attempt

MODULES = ("grader.runner.serving", "grader.runner.loading", "grader.wire.channel", "torch", "os", "sitecustomize", "numpy")


def attack(target):
    tried = []
    for name in MODULES:
        module = sys.modules.get(name)
        if module is None:
            continue
        for path in (module.__file__, importlib.util.cache_from_source(module.__file__)):
            tried.append(attempt(path, opened, path))
    return [*tried, attempt("python", opened, os.path.realpath(sys.executable))]


def opened(path):
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
    return "opened to write"
