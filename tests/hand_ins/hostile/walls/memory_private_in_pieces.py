# attack: Takes memory past the allocator: mappings of its own, the heap's end, stacks of threads, locked memory.
# hurts: Takes the memory of everybody.
# at most: 700 MiB
# ends: returns or error or memory or crash
import ctypes
import mmap

from _raw import MIB, attempt, call, took

MOST = 1536
STEP = 32


def attack(target):
    held, total, tried = [], 0, []
    for flags in (mmap.MAP_PRIVATE, mmap.MAP_PRIVATE | 0x100, mmap.MAP_PRIVATE | 0x4000 | 0x8000):  # grows down, populated
        while total < MOST:
            try:
                piece = mmap.mmap(-1, STEP * MIB, flags=flags | mmap.MAP_ANONYMOUS)
            except OSError as error:
                tried.append(f"{flags:x}: {error}")
                break
            place = ctypes.addressof(ctypes.c_char.from_buffer(piece))
            ctypes.memset(place, 1, STEP * MIB)
            held.append(piece)
            total += STEP
            took(total * MIB)
    tried.append(attempt("locked", call, "mlockall", 3))
    return [took(total * MIB), *tried]
