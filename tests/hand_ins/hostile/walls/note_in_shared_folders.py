# attack: Leaves a note in every folder that all may write: /tmp, /var/tmp, /dev/shm, the home, beside its own folder.
# hurts: Hands answers from one submission to the next.
# ends: returns
import os

from _raw import attempt

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/run/lock", "/var/lock", "/var/crash", "/home", "/root", "~")


def attack(target):
    tried = []
    folders = (*FOLDERS, ".", "..", os.environ.get("TMPDIR", "/tmp"), target["sibling_folder"])
    for folder in (*folders, os.path.dirname(target["sibling_folder"])):
        place = os.path.expanduser(folder)
        tried.append(attempt(folder, written, f"{place}/{target['note']}", target["note"]))
        tried.append(attempt(folder, os.makedirs, f"{place}/.{target['note']}/deep"))
    tried.append(attempt("memory", os.memfd_create, target["note"]))
    return tried


def written(path, text):
    with open(path, "w") as file:
        return file.write(text)
