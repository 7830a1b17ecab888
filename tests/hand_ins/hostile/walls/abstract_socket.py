# attack: Connects to a socket of the judge in the name space without files, as those of X, D-Bus and containerd are.
# hurts: Talks to whatever listens on this machine.
# ends: returns
import socket

from _raw import attempt


def attack(target):
    name = "\0" + target["abstract_socket"]
    tried = [attempt(f"{kind}", connected, name, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_DGRAM)]
    return [*tried, attempt("listed", listed)]


def connected(name, kind):
    with socket.socket(socket.AF_UNIX, kind) as one:
        one.settimeout(0.3)
        one.connect(name)
        return one.recv(4096)


def listed():
    with open("/proc/net/unix") as file:
        return len(file.readlines())
