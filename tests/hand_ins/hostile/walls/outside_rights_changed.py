# attack: Changes the rights and the owner of files outside, with every call that can, by name and by descriptor.
# hurts: Locks others out of their files, or opens them for everybody. Landlock does not cover this.
# ends: returns or error
import os

from _raw import AT_FDCWD, attempt, said


def attack(target):
    tried = []
    for path in (target["canary_file"], target["canary_folder"], target["secret_file"], target["secret_folder"]):
        tried += [attempt("chmod", os.chmod, path, 0o700), attempt("chown", os.chown, path, os.getuid(), os.getgid())]
        tried += [attempt("lchown", os.lchown, path, 12345, 12345), said("fchmodat", AT_FDCWD, path, 0o700)]
        tried += [said("fchmodat2", AT_FDCWD, path, 0o700, 0), said("fchownat", AT_FDCWD, path, 12345, 12345, 0)]
        tried += [said("chmod", path, 0o700), said("chown", path, 12345, 12345), said("lchown", path, 12345, 12345)]
        tried.append(attempt("descriptor", by_descriptor, path))
    return tried


def by_descriptor(path):
    descriptor = os.open(path, os.O_PATH)
    tried = [attempt("proc", os.chmod, f"/proc/self/fd/{descriptor}", 0o700), said("fchmod", descriptor, 0o700)]
    tried += [said("fchmodat2", descriptor, "", 0o700, 0x1000), said("fchownat", descriptor, "", 12345, 12345, 0x1000)]
    os.close(descriptor)
    return tried
