# attack: Takes private memory until it is refused.
# hurts: Takes the memory of everybody.
# at most: 640 MiB
# ends: memory
from _raw import MIB, took

MOST = 2048
STEP = 64


def attack(target):
    held = []
    for number in range(1, MOST // STEP + 1):
        held.append(b"x" * (STEP * MIB))
        took(number * STEP * MIB)
    return took(len(held) * STEP * MIB)
