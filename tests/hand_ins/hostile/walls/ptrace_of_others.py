# attack: Attaches with ptrace to the judge, to the process that was started by it, to its parent and to the other submission.
# hurts: Reads and steers any process of the same user.
# never: attached
# ends: returns
import os

from _raw import call

ATTACH, DETACH, PEEK, SEIZE = 16, 17, 2, 0x4206


def attack(target):
    tried = []
    for name in ("judge_pid", "starter_pid", "sibling_pid", "sibling_outer_pid"):
        tried += trace(name, target[name], target["address"])
    tried += trace("parent", os.getppid(), target["address"])
    if not os.path.exists(f"/proc/{target['judge_pid']}"):  # else process 1 is that of the machine
        tried += trace("first", 1, target["address"])
    return tried


def trace(name, pid, address):
    if pid in (0, os.getpid()):
        return [f"{name}: this process itself"]
    _, error = call("ptrace", SEIZE, pid, 0, 0)
    if error:
        _, error = call("ptrace", ATTACH, pid, 0, 0)
    if error:
        return [f"{name}: {error}"]
    peeked = call("ptrace", PEEK, pid, address, 0)
    call("ptrace", DETACH, pid, 0, 0)
    return [f"{name}: attached, {peeked}"]
