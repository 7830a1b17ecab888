# attack: Makes read-only mounts writable and takes mounts away, to see what they hide.
# hurts: Opens the system for writing.
# never: remounted|could unmount
# ends: returns
import os

from _raw import attempt, call

REMOUNT, BIND, READ_ONLY = 32, 4096, 1
EXPIRE = 4  # refuses with EAGAIN the first time, and so does no harm where it would be allowed


def attack(target):
    tried = []
    for path in ("/", "/usr", "/tmp", "/proc", "/dev", "/dev/shm", "/sys", os.getcwd()):
        _, error = call("umount2", path, EXPIRE)
        if error in ("EAGAIN", "EBUSY"):
            tried.append(f"{path}: could unmount")  # and then all the rest, perhaps for the whole machine
            continue
        tried.append(f"{path}: {error}")
        for flags in (REMOUNT | BIND, REMOUNT):
            _, error = call("mount", None, path, None, flags, None)
            tried.append(f"{path}: {error or 'remounted'}")
        attributes = (0).to_bytes(8, "little") + READ_ONLY.to_bytes(8, "little") + bytes(16)
        _, error = call("mount_setattr", -100, path, 0, attributes, 32)
        tried.append(f"{path}: {error or 'remounted'}")
    return [*tried, attempt("writable", os.access, "/usr", os.W_OK)]
