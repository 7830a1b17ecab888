# attack: Writes one file until it is refused, also by reserving space and past its end.
# hurts: Leaves no room on the disk for anybody else.
# at most: 72 MiB
# ends: returns or error or memory or crash
import os

from _raw import MIB, attempt, took

MOST = 600
STEP = 4


def attack(target):
    piece, total, why = bytes(range(256)) * (STEP * MIB // 256), 0, ""
    with open(target["note"] + "-full", "wb", buffering=0) as file:
        while total < MOST:
            try:
                if file.write(piece) < len(piece):
                    break
            except OSError as error:
                why = str(error)
                break
            total += STEP
            took(total * MIB)
        reserved = attempt("reserved", os.posix_fallocate, file.fileno(), 0, MOST * MIB)
        total = max(total, os.fstat(file.fileno()).st_blocks * 512 // MIB)
    return [took(total * MIB), why, reserved]
