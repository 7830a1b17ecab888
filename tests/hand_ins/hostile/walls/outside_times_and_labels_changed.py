# attack: Changes times, extended attributes and flags of files outside.
# hurts: Makes a late submission look early; marks files so that nobody can remove them. Landlock does not cover this.
# ends: returns or error
import array
import fcntl
import os

from _raw import AT_FDCWD, attempt, said

SET_FLAGS, NO_DUMP = 0x40086602, 0x40


def attack(target):
    tried = []
    for path in (target["canary_file"], target["canary_folder"], target["secret_file"]):
        tried += [attempt("utime", os.utime, path, (1, 1)), said("utimensat", AT_FDCWD, path, None, 0), said("utime", path, None)]
        tried += [said("utimes", path, None), said("futimesat", AT_FDCWD, path, None)]
        tried += [attempt("setxattr", os.setxattr, path, "user.wall", b"forged"), attempt("flags", flagged, path)]
        tried += [attempt("removexattr", os.removexattr, path, "user.wall"), said("lsetxattr", path, "user.new", b"x", 1, 0)]
        tried += [said("setxattr", path, "user.new", b"x", 1, 0), attempt("descriptor", by_descriptor, path)]
        tried.append(said("setxattrat", AT_FDCWD, path, 0, "user.new", (b"\0" * 16), 16))
    return tried


def flagged(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return fcntl.ioctl(descriptor, SET_FLAGS, array.array("L", [NO_DUMP]))
    finally:
        os.close(descriptor)


def by_descriptor(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return [said("fsetxattr", descriptor, "user.new", b"x", 1, 0), attempt("futimens", os.utime, descriptor, (1, 1))]
    finally:
        os.close(descriptor)
