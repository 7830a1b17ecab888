# attack: Exchanges its root: pivot_root onto its own folder, with and without a mount of its own first.
# hurts: Shows what lies under the root that it was given.
# never: exchanged
# ends: returns
import os

from _raw import call

BIND, DETACH = 4096, 2


def attack(target):
    os.makedirs("new/old", exist_ok=True)
    _, bound = call("mount", os.path.abspath("new"), os.path.abspath("new"), None, BIND, None)
    tried = [f"mount: {bound or 'bound'}"]
    for new, old in (("new", "new/old"), (".", "."), ("/", "/"), ("/tmp", "/tmp")):
        if bound:  # else it would succeed, and where walls are missing, for the whole machine
            _, error = call("pivot_root", new, old)
            tried.append(f"{new}: {error or 'exchanged'}")
    if not bound:
        call("umount2", "new", DETACH)
        tried.append("could have exchanged it")
    return tried
