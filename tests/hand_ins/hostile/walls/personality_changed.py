# attack: Takes another personality: no random addresses, executable data, an old kernel's version.
# hurts: Makes attacks on setuid programs and on the kernel easier.
# never: took it
# ends: returns
from _raw import call

QUERY = 0xFFFFFFFF


def attack(target):
    before, error = call("personality", QUERY)
    tried = [f"query: {error or before}"]
    for kind in (0x40000, 0x400000, 0x20000, 0x8):
        call("personality", kind)
        after, error = call("personality", QUERY)
        tried.append(f"{kind:x}: {'as before' if error or after == before else 'took it'}")
    return tried
