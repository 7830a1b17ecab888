# attack: Makes a pair of sockets, which a filter may allow, and turns it around: connect and send it to a path of the judge.
# hurts: Talks to whatever listens, past a filter that forbids new sockets only.
# ends: returns
import socket

from _raw import attempt


def attack(target):
    names = (target["path_socket"], target["path_datagrams"])
    names += ("\0" + target["abstract_socket"], "\0" + target["abstract_datagrams"])
    tried = []
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
        for name in names:
            tried.append(attempt("connect", turned, kind, name))
            tried.append(attempt("send", sent, kind, name))
    return tried


def turned(kind, name):
    one, other = socket.socketpair(socket.AF_UNIX, kind)
    with one, other:
        one.settimeout(0.2)
        one.connect(name)
        return one.recv(4096)


def sent(kind, name):
    one, other = socket.socketpair(socket.AF_UNIX, kind)
    with one, other:
        one.settimeout(0.2)
        return one.sendto(b"forged", name)
