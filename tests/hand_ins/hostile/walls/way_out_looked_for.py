# attack: Looks for a way out to the network: routes, name servers, interfaces. Nothing is sent.
# hurts: Sends inputs away and gets answers back.
# never: has a route|nameserver
# ends: returns
import socket

from _raw import attempt, read_file

ADDRESSES = (("8.8.8.8", 53), ("1.1.1.1", 443), ("169.254.169.254", 80), ("172.17.0.1", 2375), ("2001:4860:4860::8888", 53))


def attack(target):
    tried = [attempt(name, route, name, port) for name, port in ADDRESSES]
    tried += [attempt(path, read_file, path) for path in ("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf")]
    tried += [attempt(name, socket.getaddrinfo, name, 80) for name in ("example.invalid",)]
    return [*tried, attempt("interfaces", socket.if_nameindex)]


def route(name, port):
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as one:
        one.settimeout(0.2)
        one.connect((name, port))  # of a datagram socket: only looks the route up
        return f"has a route, from {one.getsockname()}"
