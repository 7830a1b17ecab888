# attack: Leaves a process behind that answers on an abstract socket, which needs no file.
# hurts: Hands answers from one submission to the next.
# ends: returns
import os
import socket
import time

from _raw import attempt


def attack(target):
    return [attempt(name, bound, kind, target["note"]) for name, kind in (("stream", 1), ("datagram", 2))]


def bound(kind, name):
    listener = socket.socket(socket.AF_UNIX, kind)
    listener.bind("\0" + name)
    if kind == socket.SOCK_STREAM:
        listener.listen(5)
    if os.fork() == 0:
        os.setsid()
        time.sleep(20)
        os._exit(0)
    return "bound"
