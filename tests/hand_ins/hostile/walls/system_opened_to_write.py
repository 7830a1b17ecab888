# attack: Opens the system's own files and devices for writing: accounts, libraries, the interpreter, the loader's settings.
# hurts: Takes over the machine.
# never: opened to write
# ends: returns
import os
import sys
import sysconfig

from _raw import attempt

FILES = ("/etc/passwd", "/etc/shadow", "/etc/ld.so.preload", "/etc/ld.so.cache", "/etc/hosts", "/etc/crontab", "/root/.bashrc")
PROGRAMS = ("/bin/sh", "/usr/bin/env", "/usr/bin/bwrap", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2")


def attack(target):
    paths = [*FILES, *PROGRAMS, os.path.realpath(sys.executable), os.__file__, f"{target['repository']}/grade.py"]
    tried = [attempt(path, opened, path) for path in paths if not path.endswith("preload") or os.path.exists(path)]
    for folder in ("/etc", "/usr/bin", "/usr/lib", sysconfig.get_path("purelib"), target["repository"], "/root", "/boot"):
        tried.append(attempt(folder, made, f"{folder}/{target['note']}"))
    return tried


def opened(path):
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND))
    return "opened to write"


def made(path):
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    return "opened to write, and made"
