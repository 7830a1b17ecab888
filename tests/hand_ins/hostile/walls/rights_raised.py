# attack: Takes other users, groups and capabilities: setuid, setresuid, setgroups, capset, ambient ones, by every call.
# hurts: Becomes root, or another submission's user.
# never: CapEff:\s*0*[1-9a-f]|became
# ends: returns
import ctypes
import os

from _raw import attempt, call

CALLS = {"setuid": 1, "setgid": 1, "setreuid": 2, "setregid": 2, "setresuid": 3, "setresgid": 3}
AMBIENT, RAISE, KEEP_CAPS, SECUREBITS = 47, 2, 8, 28


def attack(target):
    before = os.getresuid(), os.getresgid(), os.getgroups()
    tried = [attempt("ambient", call, "prctl", AMBIENT, RAISE, number, 0, 0) for number in (1, 7, 21)]
    tried += [attempt("keep", call, "prctl", KEEP_CAPS, 1), attempt("bits", call, "prctl", SECUREBITS, 0)]
    header = (0x20080522).to_bytes(4, "little") + bytes(4)
    everything = ctypes.create_string_buffer(b"\xff" * 24, 24)
    tried.append(f"capset: {call('capset', header, everything)}")
    for user in (0, 1, 65534, 1001):
        for name, arguments in CALLS.items():
            tried.append(f"{name}: {call(name, *[user] * arguments)}")
        tried.append(f"setfsuid: {call('setfsuid', user)[0]}, {call('setfsgid', user)[0]}")
        tried.append(attempt("groups", os.setgroups, [user]))
    after = os.getresuid(), os.getresgid(), os.getgroups()
    tried.append("as before" if before == after else f"became {after}, was {before}")
    return [*tried, attempt("status", capabilities)]


def capabilities():
    with open("/proc/self/status") as file:
        return [line for line in file if line.startswith(("Cap", "Uid", "Gid"))]
