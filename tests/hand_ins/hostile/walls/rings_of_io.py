# attack: Sets up io_uring, which opens files without a system call for each, and the older queues for reading and writing.
# hurts: Gets past the filter of system calls; uses up what the whole machine shares.
# never: a ring|a context
# ends: returns
import ctypes

from _raw import call


def attack(target):
    tried = []
    for entries in (1, 8, 256):
        descriptor, error = call("io_uring_setup", entries, ctypes.create_string_buffer(120))
        tried.append(f"io_uring_setup: {error or f'a ring, {descriptor}'}")
    context = ctypes.c_uint64()
    _, error = call("io_setup", 1024, ctypes.byref(context))
    tried.append(f"io_setup: {error or 'a context, of which the whole machine has a fixed number'}")
    for name in ("io_uring_enter", "io_uring_register"):
        tried.append(f"{name}: {call(name, 3, 0, None, 0, 0, 0)}")
    return tried
