# expect: crash
# attack: A reply is JSON with NaN, 1e400 and an integer of 900,000 digits.
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
    for number in ("NaN", "1e400", "9" * 900_000):
        header = ('{"m":["d",[["id",2],["value",' + number + ']]],"b":[]}').encode()
        inject(struct.pack(">I", len(header)) + header)
    return x
