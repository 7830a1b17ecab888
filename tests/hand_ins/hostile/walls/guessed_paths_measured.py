# attack: Asks for the size of files outside by guessed names, without opening them.
# hurts: Shows which files there are and how large.
# ends: returns
# open at C: size (neither Landlock nor a filter of system calls sees the path of a stat)
import ctypes
import os

from _raw import AT_FDCWD, attempt, call


def attack(target):
    tried = []
    for path in (target["secret_file"], target["private_file"]):
        tried += [attempt("stat", size, path), attempt("getsize", os.path.getsize, path), attempt("statx", size_by_statx, path)]
        tried += [
            attempt("path only", size_by_descriptor, path),
            attempt("end", end_of, path),
            attempt("access", os.access, path, 4),
        ]
    return tried


def size(path):
    return os.stat(path).st_size


def size_by_statx(path):
    buffer = ctypes.create_string_buffer(256)
    _, error = call("statx", AT_FDCWD, path, 0, 0x7FF, buffer)
    return error or int.from_bytes(buffer.raw[40:48], "little")


def size_by_descriptor(path):
    descriptor = os.open(path, os.O_PATH)
    try:
        return os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)


def end_of(path):
    with open(path, "rb") as file:
        return file.seek(0, 2)
