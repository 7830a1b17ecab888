# attack: Tries every descriptor number for something that was left open by those who started it.
# hurts: Shows files and connections of the judge.
# never: extra descriptor
# ends: returns or crash
import contextlib
import os
import socket
import stat

OWN = {0, 1, 2}


def attack(target):
    found, sockets = [], 0
    for number in range(3, 1024):
        with contextlib.suppress(OSError):
            kind = os.fstat(number).st_mode
            link = linked(number)
            if "inotify" in link or "eventpoll" in link:
                found.append(f"{number}: {link}")
            elif stat.S_ISSOCK(kind):
                sockets += 1
                found.append(f"{number}: socket, {peeked(number)}")
            else:
                found.append(f"{number}: {link}, {os.pread(number, 4096, 0)!r}, extra descriptor")
    return [*found, "extra descriptor" if sockets > 1 else f"{sockets} sockets"]


def linked(number):
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        return ""


def peeked(number):
    with socket.socket(fileno=os.dup(number)) as one, contextlib.suppress(BlockingIOError):
        return one.recvmsg(64, 1024, socket.MSG_PEEK | socket.MSG_DONTWAIT)
