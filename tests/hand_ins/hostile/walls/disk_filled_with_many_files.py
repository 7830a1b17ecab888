# attack: Writes file after file, each below the limit on one.
# hurts: Leaves no room on the disk for anybody else.
# at most at A: 72 MiB
# ends: returns or error or crash
# ends at B, C: crash
import os
import time

from _raw import MIB, took

MOST = 400
STEP = 4
FILES = 20


def attack(target):
    piece, total, why = bytes(range(256)) * (STEP * MIB // 256), 0, ""
    for number in range(FILES):
        os.makedirs(f"{target['note']}/{number}")
        try:
            with open(f"{target['note']}/{number}/full", "wb", buffering=0) as file:
                for _ in range(MOST // FILES // STEP):
                    if file.write(piece) < len(piece):
                        break
                    total += STEP
                    took(total * MIB)
        except OSError as error:
            why = str(error)
    if total * MIB > target["disk_bytes"]:
        time.sleep(2)
    return [took(total * MIB), why]
