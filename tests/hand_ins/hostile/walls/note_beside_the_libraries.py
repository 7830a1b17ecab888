# attack: Leaves modules, caches and start-up files where the next submission's Python will look.
# hurts: Runs its own code inside the next submission.
# ends: returns
import os
import site
import sys
import sysconfig

import torch
from _raw import attempt


def attack(target):
    note = target["note"]
    folders = [path for path in sys.path if path and path != os.getcwd()]
    folders += [sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), site.getusersitepackages(), sys.prefix]
    folders += [os.path.dirname(torch.__file__), os.path.dirname(os.__file__) + "/__pycache__"]
    folders.append(os.path.dirname(os.path.abspath(sys.modules["grader.runner.serving"].__file__)))
    folders.append(f"{target['repository']}/assignments/conv_nets")
    tried = []
    for folder in dict.fromkeys(folders):
        for name in (f"{note}.py", f"{note}.pth", f"{note}.pyc"):
            tried.append(attempt(folder, written, f"{folder}/{name}", note))
    return tried


def written(path, text):
    with open(path, "x") as file:
        return file.write(text)
