# attack: Makes folder in folder in folder, deeper than a program that walks them by calling itself can go.
# hurts: Breaks the one who cleans up, or leaves files behind for the next.
# ends: returns or error or crash
import os

from _raw import attempt

DEPTH = 1800


def attack(target):
    os.mkdir(target["note"])
    os.chdir(target["note"])
    for _ in range(DEPTH):
        os.mkdir("d")
        os.chdir("d")
    return [f"{DEPTH} deep", attempt("note", open, target["note"], "w")]
