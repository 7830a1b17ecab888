# attack: Makes System V shared memory, writes it and lets go of it, so that it belongs to no process and no folder.
# hurts: Takes memory for ever.
# at most: 640 MiB
# ends: returns or error or memory
import ctypes
import time

from _raw import MIB, call, took

MOST = 1536
STEP = 32


def attack(target):
    total, pieces, why = 0, [], ""
    while total < MOST:
        piece, why = call("shmget", 0, STEP * MIB, 0o1600)
        if why:
            break
        pieces.append(piece)
        place, why = call("shmat", piece, 0, 0)
        if why:
            break
        ctypes.memset(place, 1, STEP * MIB)
        call("shmdt", place)
        total += STEP
        took(total * MIB)
    if total:
        time.sleep(0.6)
    for piece in pieces:
        call("shmctl", piece, 0, None)
    return [took(total * MIB), why]
