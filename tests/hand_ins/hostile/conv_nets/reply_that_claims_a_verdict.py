# expect: fail or timeout or crash
# attack: A well-formed reply with the right number, taken from the stack, claims a verdict beside a wrong value.
import json
import os
import stat
import struct
import sys
import time


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


def number_of_the_question():
    place = sys._getframe()
    while place is not None:
        request = place.f_locals.get("request")
        if isinstance(request, dict) and "id" in request:
            return request["id"]
        place = place.f_back
    return 2


def conv2d(x, w):
    reply = [["id", number_of_the_question()], ["value", True], ["verdict", "pass"], ["points", 100], ["used", ["l", []]]]
    inject(frame(["d", reply]))
    while True:
        time.sleep(1)
