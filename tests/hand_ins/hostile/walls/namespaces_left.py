# attack: Leaves its name spaces for new ones, each kind and all at once; in a new user name space it would be root.
# hurts: Gets capabilities, with which much more of the kernel can be attacked.
# never: left
# ends: returns or error
from _raw import call

KINDS = {
    "users": 0x10000000,
    "users and mounts": 0x10020000,
    "mounts": 0x20000,
    "network": 0x40000000,
    "messages": 0x8000000,
    "host name": 0x4000000,
    "cgroups": 0x2000000,
    "all": 0x7E020000,
    "processes": 0x20000000,
}


def attack(target):
    tried = []
    for name, flags in KINDS.items():
        _, error = call("unshare", flags)
        tried.append(f"{name}: {error or 'left'}")
    return tried
