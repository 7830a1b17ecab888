# attack: Connects to a port of the judge on this machine, by every name that it has.
# hurts: Talks to the judge, to a notebook server, to a database without a password.
# ends: returns
import socket

from _raw import attempt

NAMES = ("127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost", "::1", "::ffff:127.0.0.1", "::")


def attack(target):
    tried = [attempt(name, connected, name, target["tcp_port"]) for name in NAMES]
    tried.append(attempt("host", connected, "host.docker.internal", target["tcp_port"]))
    return [*tried, attempt("curl", fast_open, target["tcp_port"]), attempt("own names", lambda: socket.if_nameindex())]


def connected(name, port):
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    with socket.socket(family) as one:
        one.settimeout(0.3)
        one.connect((name, port))
        return one.recv(4096)


def fast_open(port):
    with socket.socket() as one:
        one.settimeout(0.3)
        one.sendto(b"x", 0x20000000, ("127.0.0.1", port))
        return one.recv(4096)
