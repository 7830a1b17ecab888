# attack: Makes files, folders, links, pipes, sockets and devices in a folder of the judge that everybody may write.
# hurts: Puts forged files among the results.
# ends: returns or error
import os
import socket
import stat

from _raw import AT_FDCWD, attempt, call, said


def attack(target):
    base = f"{target['canary_folder']}/{target['note']}"
    tried = [
        attempt("file", made, base),
        attempt("folder", os.mkdir, f"{base}-folder"),
        attempt("pipe", os.mkfifo, f"{base}-pipe"),
    ]
    tried += [attempt("link", os.symlink, "/etc/passwd", f"{base}-link"), attempt("device", device, f"{base}-device")]
    tried += [attempt("socket", bound, f"{base}-socket"), attempt("nameless", nameless, target["canary_folder"], f"{base}-late")]
    tried += [said("mkdir", f"{base}-raw", 0o777), said("openat", AT_FDCWD, f"{base}-at", os.O_CREAT | os.O_WRONLY, 0o666)]
    return [*tried, f"creat: {call('creat', f'{base}-creat', 0o666)}"]


def made(path):
    with open(path, "x") as file:
        return file.write("forged")


def device(path):
    os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))


def bound(path):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)


def nameless(folder, path):
    descriptor = os.open(folder, os.O_TMPFILE | os.O_WRONLY)
    os.write(descriptor, b"forged")
    os.link(f"/proc/self/fd/{descriptor}", path)
