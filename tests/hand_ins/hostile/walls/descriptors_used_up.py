# attack: Opens descriptors of every kind until it is refused.
# hurts: Uses up the kernel's table of files.
# at most: 256 descriptors
# ends: returns or error or crash
import os
import socket

from _raw import call, took

MOST = 2000


def attack(target):
    made, why = [], []
    for kind in (a_file, a_copy, a_pipe, a_pair, an_event, a_poll, a_timer, a_signal):
        while len(made) < MOST:
            try:
                made += kind()
            except OSError as error:
                why.append(f"{kind.__name__}: {error}")
                break
    count = took(len(made))
    for descriptor in made:
        os.close(descriptor)
    return [count, *why]


def a_file():
    return [os.open("/dev/null", os.O_RDONLY)]


def a_copy():
    return [os.dup(1)]


def a_pipe():
    return list(os.pipe())


def a_pair():
    return [one.detach() for one in socket.socketpair()]


def an_event():
    return by_call("eventfd2", 0, 0)


def a_poll():
    return by_call("epoll_create1", 0)


def a_timer():
    return by_call("timerfd_create", 1, 0)


def a_signal():
    return by_call("signalfd4", -1, bytes(8), 8, 0)


def by_call(*arguments):
    descriptor, error = call(*arguments)
    if error:
        raise OSError(error)
    return [descriptor]
