# attack: Opens sockets of every family but the usual: virtual machines, crypto, kernel messages, raw packets, Bluetooth, cans.
# hurts: Reaches the host past its name spaces, or code of the kernel that nobody needs here.
# never: opened
# never at B, C: opened|messages of routes
# ends: returns
import socket

from _raw import call

FAMILIES = {"packet": 17, "alg": 38, "vsock": 40, "xdp": 44, "bluetooth": 31, "can": 29, "tipc": 30, "kcm": 41}
MORE = {"key": 15, "rds": 21, "llc": 26, "ieee802154": 36, "caif": 37, "nfc": 39, "qipcrtr": 42, "smc": 43, "mctp": 45, "x25": 9}

NETLINK = 16


def attack(target):
    tried = []
    for name, family in {**FAMILIES, **MORE}.items():
        for kind in (1, 2, 3, 5):
            descriptor, error = call("socket", family, kind, 0)
            tried.append(f"{name} {kind}: {error or f'opened {descriptor}'}")
    for family in (socket.AF_INET, socket.AF_INET6):
        for protocol in (1, 6, 17, 58, 255):
            descriptor, error = call("socket", family, socket.SOCK_RAW, protocol)
            tried.append(f"raw {protocol}: {error or f'opened {descriptor}'}")
    for protocol in range(1, 23):
        descriptor, error = call("socket", NETLINK, 3, protocol)
        tried.append(f"netlink {protocol}: {error or f'opened {descriptor}'}")
    # With a network of its own they show nothing of the machine, and Jupyter's messages need them.
    _, error = call("socket", NETLINK, 3, 0)
    return [*tried, f"netlink 0: {error or 'messages of routes'}"]
