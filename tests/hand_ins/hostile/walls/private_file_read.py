# attack: Reads a file of the judge that only its owner may read; the runner may run under the same user.
# hurts: Shows what the judge keeps in it.
# ends: returns
import os

from _raw import attempt, ways_to_read


def attack(target):
    path = target["private_file"]
    return [*ways_to_read(path, commands=True), attempt("chmod", os.chmod, path, 0o644), *ways_to_read(path)]
