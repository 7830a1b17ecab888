"""The few calls of the Linux kernel with which a process gives up what it could do; each raises OSError when it is refused.

Nothing here touches the kernel while it is imported, so that the rest of the runner can be imported anywhere.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from collections.abc import Sequence

NEW_MOUNTS, NEW_HOST_NAME, NEW_IPC, NEW_USERS, NEW_PIDS, NEW_NETWORK = (
    0x00020000,
    0x04000000,
    0x08000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
NO_SETUID, NO_DEVICES, NO_EXECUTION = 0x2, 0x4, 0x8  # of a mount
_MOUNT_PRIVATE_ALL = 0x44000  # MS_PRIVATE | MS_REC
_MOUNT_BIND = 0x1000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = (
    1,
    4,
    22,
    24,
    38,
    47,
)
_SECCOMP_MODE_FILTER, _PR_CAP_AMBIENT_CLEAR_ALL = 2, 4
_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63
_SIOCSIFFLAGS, _INTERFACE_UP = 0x8914, 0x1


def unshare(flags: int) -> None:
    """Leave the name spaces in `flags` for new ones."""
    _call("unshare", flags)


def join_namespace(descriptor: int, kind: int) -> None:
    """Enter a name space that a descriptor of /proc/<pid>/ns/ names."""
    _call("setns", descriptor, kind)


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount a file system of this kind, e.g. "tmpfs"."""
    _call("mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode())


def bind(source: str, target: str) -> None:
    """Let `target` show what `source` shows."""
    _call("mount", source.encode(), target.encode(), None, ctypes.c_ulong(_MOUNT_BIND), None)


def keep_mounts_private() -> None:
    """Let no later mount of this process be seen by others."""
    _call("mount", None, b"/", None, ctypes.c_ulong(_MOUNT_PRIVATE_ALL), None)


def bring_loopback_up() -> None:
    """Make 127.0.0.1 work in the network name space of this process; it leads nowhere else."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _INTERFACE_UP))


def end_with_parent() -> None:
    """Have the kernel kill this process when the one that started it ends; a change of user undoes it."""
    _call("prctl", _PR_SET_PDEATHSIG, ctypes.c_ulong(9), 0, 0, 0)


def stay_inspectable() -> None:
    """Let this process read its own /proc/self again, which a change of user took away."""
    _call("prctl", _PR_SET_DUMPABLE, 1, 0, 0, 0)


def map_own_user(user: int, group: int) -> None:
    """Keep the user and group of before in a user name space that was just made."""
    for name, content in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(content)


def bar_capabilities() -> None:
    """Let no program that this process will ever start bring a capability with it."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            _call("prctl", _PR_CAPBSET_DROP, capability, 0, 0, 0)
        except OSError as error:
            if error.errno == errno.EINVAL:  # past the last one that this kernel knows
                break
            if error.errno != errno.EPERM:  # without CAP_SETPCAP it stays in the bounding set, and out of reach
                raise


def drop_capabilities() -> None:
    """Give up every capability for good, and gain none by setuid programs."""
    bar_capabilities()
    _call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _call("capset", header, bytes(24))
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def load_filter(program: bytes) -> None:
    """Have the kernel judge every later system call by a seccomp program (8 bytes an instruction)."""

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))

    _call("prctl", _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(Program(len(program) // 8, program)), 0, 0)


_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446  # the same number on every architecture
_EXECUTE, _WRITE, _READ, _READ_FOLDER = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _DEVICE_CALLS = 1 << 14, 1 << 15
_ALL_OF_FIRST = (1 << 13) - 1
_ADDED = {2: 1 << 13, 3: _TRUNCATE, 5: _DEVICE_CALLS}  # version of Landlock -> the right on files that it brought
_ON_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE | _DEVICE_CALLS
_NET_ALL, _SCOPE_ALL = 0b11, 0b11


def landlock_version() -> int:
    """Return the kernel's version of Landlock, 0 where there is none."""
    try:
        return _call("syscall", _LANDLOCK_CREATE, None, 0, 1, allow=range(1, 1000))
    except OSError:
        return 0


def restrict_files(readable: Sequence[str], writable: Sequence[str], *, at_least: int) -> None:
    """Leave this process, for ever, only these files and folders, no TCP port, and no signal to others where Landlock can.

    A path that does not exist is left out. Refuses a Landlock older than `at_least`.
    """
    version = landlock_version()
    if version < at_least:
        raise OSError(errno.EOPNOTSUPP, f"Landlock {at_least} is needed, and this kernel has {version or 'none'}")
    handled = _ALL_OF_FIRST | sum(right for since, right in _ADDED.items() if version >= since)
    ruleset = struct.pack("QQQ", handled, _NET_ALL if version >= 4 else 0, _SCOPE_ALL if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = _call("syscall", _LANDLOCK_CREATE, ruleset, ctypes.c_size_t(size), 0, allow=range(1 << 20))
    try:
        for paths, rights in ((readable, _EXECUTE | _READ | _READ_FOLDER), (writable, handled & ~_EXECUTE)):
            for path in paths:
                _allow_below(rules, path, rights & handled)
        _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        _call("syscall", _LANDLOCK_RESTRICT, rules, 0)
    finally:
        os.close(rules)


def _allow_below(rules: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _ON_FILES
        _call("syscall", _LANDLOCK_ADD, rules, 1, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)


def _call(name: str, *arguments: object, allow: Sequence[int] = (0,)) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    result: int = getattr(library, name)(*arguments)
    if result not in allow:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result
