# attack: Makes folders that nobody may read or enter, their owner included, and puts names into them that are no text.
# hurts: Breaks the one who cleans up, or leaves files behind for the next.
# ends: returns or error
import os

from _raw import attempt

NAMES = (b"\xff\xfe", b"new\nline", b"-rf", b"\x1b[2J", "\u202etxt".encode(), b"n" * 255)


def attack(target):
    note, tried = os.fsencode(target["note"]), []
    os.umask(0)
    os.mkdir(note, 0o700)
    for name in NAMES:
        tried.append(attempt("file", os.mknod, note + b"/" + name[: 255 - len(note)] + note, 0o100000))
    os.mkdir(note + b"/closed", 0)
    for folder in (b"inside", b"inside/more"):
        os.mkdir(note + b"/" + folder, 0o700)
        os.symlink("/", note + b"/" + folder + b"/root")
    os.symlink(target["canary_folder"], note + b"/canary")
    for folder in (b"/inside/more", b"/inside", b""):
        tried.append(attempt("closed", os.chmod, note + folder, 0))
    return [*tried, attempt("own", os.chmod, ".", 0), attempt("above", os.chmod, "..", 0)]
