# attack: Writes files that it has deleted and keeps open, which no walk through folders finds.
# hurts: Leaves no room on the disk for anybody else.
# at most at A: 72 MiB
# ends: returns or error or crash or memory
import os

from _raw import MIB, took

MOST = 400
STEP = 4
FILES = 20


def attack(target):
    piece, total, why, held = bytes(range(256)) * (STEP * MIB // 256), 0, "", []
    for number in range(FILES):
        try:
            file = open(f"{target['note']}-{number}", "wb", buffering=0)
            os.unlink(file.name)
            held.append(file)
            for _ in range(MOST // FILES // STEP):
                if file.write(piece) < len(piece):
                    break
                total += STEP
                took(total * MIB)
        except OSError as error:
            why = str(error)
    return [took(total * MIB), why]
