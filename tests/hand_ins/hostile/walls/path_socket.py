# attack: Connects to a socket of the judge that lies in a folder, as those of Docker and ssh-agent do, also by detours.
# hurts: Talks to whatever listens on this machine.
# ends: returns
import os
import socket

from _raw import attempt


def attack(target):
    path = target["path_socket"]
    tried = [attempt("path", connected, path), attempt("link", by_link, path), attempt("relative", by_folder, path)]
    tried += [attempt("outer", connected, f"/proc/{target['judge_pid']}/root{path}"), attempt("packets", connected, path, 5)]
    for known in ("/run/docker.sock", "/var/run/docker.sock", "/run/containerd/containerd.sock", "/run/dbus/system_bus_socket"):
        tried.append(attempt(known, connected, known))
    return tried


def connected(path, kind=socket.SOCK_STREAM):
    with socket.socket(socket.AF_UNIX, kind) as one:
        one.settimeout(0.3)
        one.connect(path)
        return one.recv(4096)


def by_link(path):
    os.symlink(path, "link")
    return connected("link")


def by_folder(path):
    before = os.getcwd()
    os.chdir(os.path.dirname(path))
    try:
        return connected(os.path.basename(path))
    finally:
        os.chdir(before)
