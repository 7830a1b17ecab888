# attack: Takes shared anonymous memory, which limits on private memory do not count, and keeps it.
# hurts: Takes the memory of everybody.
# ends: memory
import ctypes
import mmap
import time

from _raw import MIB, took

MOST = 2048
STEP = 64


def attack(target):
    held = []
    for number in range(1, MOST // STEP + 1):
        piece = mmap.mmap(-1, STEP * MIB)  # Python's default is shared
        ctypes.memset(ctypes.addressof(ctypes.c_char.from_buffer(piece)), 1, STEP * MIB)
        held.append(piece)
        took(number * STEP * MIB)
    time.sleep(1)
    return took(len(held) * STEP * MIB)
