# expect: crash
# attack: The judge is asked to call functions that it never offered.
import json
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


def frame(message, sizes=()):
    header = json.dumps({"m": message, "b": list(sizes)}).encode()
    return struct.pack(">I", len(header)) + header


def conv2d(x, w):
    for number in (0, -1, 10**9):
        inject(frame(["d", [["callback", number], ["args", ["t", []]], ["kwargs", ["d", []]]]]))
    return x
