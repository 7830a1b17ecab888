# attack: Reads the hidden checks from the repository, as files, as modules and by way of the import system.
# hurts: Shows the secret checks.
# ends: returns
import importlib.util
import os
import sys

from _raw import attempt, read_file


def attack(target):
    folder = f"{target['repository']}/assignments/conv_nets"
    names = ("checks_hidden_a.py", "checks_public_a.py", "oracles.py", "stand_ins.py", "cases.py", "judging.py", "assignment.toml")
    tried = [attempt(name, read_file, f"{folder}/{name}", 100_000) for name in names]
    tried += [
        attempt(root, os.listdir, f"{target['repository']}/{root}") for root in ("", "tests", "assignments", "grader", ".git")
    ]
    sys.path[:0] = [target["repository"], folder]
    tried += [attempt(f"import {name}", source_of, name) for name in ("grader.checks.running", "checks_hidden_a", "oracles")]
    del sys.path[:2]
    return tried


def source_of(name):
    spec = importlib.util.find_spec(name)
    return spec.loader.get_source(name)[:2000]
