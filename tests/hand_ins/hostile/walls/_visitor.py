"""The next submission in the same sandbox: an honest answer, and a thorough look for a note of the one before."""

import contextlib
import os
import resource
import signal
import site
import socket
import sys
import sysconfig

import torch
from _raw import call

SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run", "/home", "/root", "/var/lock", "/run/user")
SYSTEM = ("/", "/dev", "/etc", "/usr", "/usr/lib", "/usr/bin", "/usr/local", "/usr/local/lib", "/var", "/opt", "/sys/fs/cgroup")
MOST_ENTRIES = 3000


def answer(n):
    """Return something that needs an unpatched torch and Python."""
    x = torch.arange(float(n), dtype=torch.float64)
    return {"sum": float((x * x).sum()), "close": torch.allclose(x, x + 1), "sorted": sorted([3, 1, 2]), "length": len("four")}


def state():
    """Return what one process could have left behind in the state of the next."""
    return {
        # the limit on private memory counts from what the warm process holds, which is never twice the same
        "limits": [resource.getrlimit(kind) for kind in range(16) if kind != resource.RLIMIT_DATA],
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "cpus": sorted(os.sched_getaffinity(0)),
        "blocked": sorted(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "umask": _umask(),
        "environment": sorted(os.environ),
        "descriptors": sorted(_descriptors()),
        "host": socket.gethostname(),
        "text": hash(sys.copyright),
    }


def _umask():
    before = os.umask(0o22)
    os.umask(before)
    return before


def _descriptors():
    for number in range(256):
        with contextlib.suppress(OSError):
            os.fstat(number)
            yield number


def look(note, key):
    """Return where the note can be found."""
    found = []
    for folder in {*SHARED, os.getcwd(), os.path.dirname(os.getcwd()), os.path.expanduser("~"), os.environ.get("TMPDIR", "/tmp")}:
        found += _walk(folder, note, depth=3)
    for folder in {*SYSTEM, *_libraries()}:
        found += _walk(folder, note, depth=1)
    found += [f"variable {name}" for name, value in os.environ.items() if note in name + value]
    found += [f"text {name}" for name in ("copyright", "version") if note in getattr(sys, name)]
    found += [f"module {name}" for name in sys.modules if note in name]
    found += [line for name in ("/proc/net/unix", "/proc/keys", "/proc/self/mountinfo") for line in _lines(name) if note in line]
    return found + _ipc(note, key) + _sockets(note)


def _libraries():
    yield from sys.path
    yield from (sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), site.getusersitepackages(), sys.prefix)
    yield from (os.path.dirname(torch.__file__), os.path.dirname(os.__file__) + "/__pycache__")
    runner = os.path.dirname(os.path.abspath(sys.modules["grader.runner.serving"].__file__))
    yield from (runner, os.path.dirname(runner), runner + "/__pycache__")


def _walk(folder, note, depth, left=None):
    left = left if left is not None else [MOST_ENTRIES]
    found = []
    try:
        entries = list(os.scandir(folder or "."))
    except OSError:
        return found
    for entry in entries:
        left[0] -= 1
        if left[0] < 0:
            break
        if note in entry.name or (depth > 1 and _holds(entry, note)):
            found.append(f"file {entry.path}")
        if depth > 1 and entry.is_dir(follow_symlinks=False):
            found += _walk(entry.path, note, depth - 1, left)
    return found


def _holds(entry, note):
    try:
        if not entry.is_file(follow_symlinks=False) or entry.stat().st_size > 65536:
            return False
        with open(entry.path, "rb") as file:
            return note.encode() in file.read()
    except OSError:
        return False


def _lines(path):
    try:
        with open(path, errors="replace") as file:
            return file.read().splitlines()
    except OSError:
        return []


def _ipc(note, key):
    found = []
    for name, arguments in (("shmget", (key, 1, 0)), ("msgget", (key, 0)), ("semget", (key, 1, 0))):
        if not call(name, *arguments)[1]:
            found.append(name)
    if not call("mq_open", note, os.O_RDONLY, 0, None)[1]:
        found.append("message queue")
    for keyring in (-1, -2, -3, -4, -5):
        if not call("keyctl", 10, keyring, "user", note, 0)[1]:
            found.append(f"keyring {keyring}")
    return found


def _sockets(note):
    found = []
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, kind) as any_socket:
            any_socket.connect("\0" + note)
            found.append("abstract socket")
    return found
