"""Which calls of the kernel a submission may not make, as data with reasons, and the seccomp program that says so.

Everything else is allowed: torch, numpy and a driver for the GPU need hundreds of calls, and those that matter for keeping
submissions apart are few. Calls that were added to Linux after this list was written do not exist for a submission.
"""

from __future__ import annotations

import errno
import io
import struct
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import SandboxError

OWN_PROCESS = 0x5EEDF00D  # the runner puts its own process number in its place
_LAST_KNOWN = 450  # set_mempolicy_home_node, Linux 5.17; the numbers above are the same on every architecture
_NEW_NAMESPACES = (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)  # CLONE_NEW*
_CLONE_THREAD = 0x10000
_UNIX, _INET, _INET6, _NETLINK, _FAMILIES = 1, 2, 10, 16, 64
_DATAGRAM, _TYPE_OF_SOCKET = 2, 0xF
_TERMINAL_INPUT, _TERMINAL_LINUX = 0x5412, 0x541C  # TIOCSTI, TIOCLINUX
_OWNER_BY_FCNTL = (8, 15)  # F_SETOWN, F_SETOWN_EX
_OWNER_BY_IOCTL = (0x8901, 0x8902)  # FIOSETOWN, SIOCSPGRP
_32_BITS = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Unless:
    """The argument with this number has another value than this one."""

    argument: int
    value: int


@dataclass(frozen=True, slots=True)
class Where:
    """The argument with this number, cut to the bits of the mask, has this value."""

    argument: int
    mask: int
    value: int


@dataclass(frozen=True, slots=True)
class Above:
    """The argument with this number is at least this value."""

    argument: int
    value: int


Condition = Unless | Where | Above


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Calls that are refused, always or when all the conditions hold."""

    why: str
    calls: tuple[str, ...]
    error: int = errno.EPERM  # 0: it is not done, and the caller is told that it is
    when: tuple[Condition, ...] = ()


ALWAYS = (
    Denial(
        why="they make or enter name spaces, in which a process has capabilities again",
        calls=("unshare", "setns", "chroot", "pivot_root"),
    ),
    Denial(
        why="its flags lie in memory that a filter cannot read; the C library then uses clone",
        calls=("clone3",),
        error=errno.ENOSYS,
    ),
    *(Denial(why="the same, by clone", calls=("clone",), when=(Where(0, flag, flag),)) for flag in _NEW_NAMESPACES),
    Denial(
        why="mounts",
        calls=(
            *("mount", "umount2", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree", "mount_setattr"),
            *("swapon", "swapoff", "quotactl", "quotactl_fd", "acct"),
        ),
    ),
    Denial(
        why="they read or drive other processes",
        calls=("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "process_madvise", "process_mrelease"),
    ),
    Denial(
        why="files by handle go around every folder that was left out",
        calls=("name_to_handle_at", "open_by_handle_at", "fanotify_init", "fanotify_mark", "lookup_dcookie"),
    ),
    Denial(
        why="large parts of the kernel in which most holes are found, and none of which torch needs",
        calls=(
            *("io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd"),
            *("add_key", "request_key", "keyctl", "vmsplice", "personality", "modify_ldt", "remap_file_pages"),
        ),
    ),
    Denial(
        why="memory that belongs to no process is counted by no limit",
        calls=("memfd_create", "memfd_secret", "shmget", "semget", "msgget"),
    ),
    Denial(why="its buffers are counted for the whole machine", calls=("io_setup",), error=errno.ENOSYS),
    Denial(
        why="the machine's clock, name, modules, log and power",
        calls=(
            *("clock_settime", "clock_adjtime", "settimeofday", "adjtimex", "sethostname", "setdomainname"),
            *("init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "syslog"),
            *("iopl", "ioperm", "vhangup", "_sysctl", "uselib", "nfsservctl", "migrate_pages", "move_pages"),
        ),
    ),
    *(
        Denial(why="they type into terminals", calls=("ioctl",), when=(Where(1, _32_BITS, request),))
        for request in (_TERMINAL_INPUT, _TERMINAL_LINUX)
    ),
)

_STRANGE_FAMILIES = tuple(
    Denial(
        why="networks that no name space holds", calls=("socket",), error=errno.EAFNOSUPPORT, when=(Where(0, _32_BITS, family),)
    )
    for family in range(_FAMILIES)
    if family not in (_UNIX, _INET, _INET6, _NETLINK)
)
IN_NAMESPACES = (
    *_STRANGE_FAMILIES,
    Denial(why="the same", calls=("socket",), error=errno.EAFNOSUPPORT, when=(Above(0, _FAMILIES),)),
    Denial(
        why="of netlink, only the list of network interfaces",
        calls=("socket",),
        error=errno.EAFNOSUPPORT,
        when=(Where(0, _32_BITS, _NETLINK), Unless(2, 0)),
    ),
)

WITHOUT_NAMESPACES = (
    Denial(why="nothing else would end what a submission leaves running", calls=("fork", "vfork")),
    Denial(why="the same, by clone; threads are allowed", calls=("clone",), when=(Where(0, _CLONE_THREAD, 0),)),
    Denial(why="Landlock does not stop a connection to a path or a datagram", calls=("socket",), error=errno.EAFNOSUPPORT),
    Denial(
        why="pairs of connected streams lead nowhere", calls=("socketpair",), error=errno.EAFNOSUPPORT, when=(Unless(0, _UNIX),)
    ),
    Denial(
        why="a datagram can be sent to a path",
        calls=("socketpair",),
        error=errno.EAFNOSUPPORT,
        when=(Where(1, _TYPE_OF_SOCKET, _DATAGRAM),),
    ),
    Denial(why="the same", calls=("connect", "bind", "listen", "accept", "accept4")),
    Denial(
        why="signals to others",
        calls=("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"),
        when=(Unless(0, OWN_PROCESS),),
    ),
    Denial(why="the same", calls=("tkill", "pidfd_open", "pidfd_send_signal")),
    *(
        Denial(why="they let the kernel send signals to others", calls=("fcntl",), when=(Where(1, _32_BITS, command),))
        for command in _OWNER_BY_FCNTL
    ),
    *(Denial(why="the same", calls=("ioctl",), when=(Where(1, _32_BITS, request),)) for request in _OWNER_BY_IOCTL),
    Denial(
        why="limits, priority and processors of others",
        calls=("prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr"),
        when=(Unless(0, 0),),
    ),
    Denial(why="the same", calls=("setpriority",), when=(Unless(0, 0),)),
    Denial(why="the same", calls=("setpriority",), when=(Unless(1, 0),)),
    Denial(why="the same", calls=("ioprio_set", "get_robust_list")),
    Denial(
        why="Landlock does not stop a change of mode, owner, times or attributes of a file; libraries ask for it and need it not",
        calls=(
            *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "lchown", "fchown", "fchownat"),
            *("utime", "utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr"),
            *("removexattr", "lremovexattr", "fremovexattr"),
        ),
        error=0,
    ),
    Denial(
        why="they are shared by all submissions of one user",
        calls=("mq_open", "inotify_init", "inotify_init1"),
    ),
)


def seccomp_program(*, namespaces: bool) -> bytes:
    """Return the filter for a submission with name spaces of its own or without; raises SandboxError without libseccomp."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise SandboxError(f"libseccomp cannot be used ({error}); apt-get install libseccomp2") from None
    machine = pyseccomp.system_arch()
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for denial in (*ALWAYS, *(IN_NAMESPACES if namespaces else WITHOUT_NAMESPACES)):
        for call in denial.calls:
            if pyseccomp.resolve_syscall(machine, call) >= 0:  # else this machine's kind or this library does not know it
                rules.add_rule(pyseccomp.ERRNO(denial.error), call, *_arguments(denial.when))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return _without_later_calls(file.read())


def _arguments(conditions: tuple[Condition, ...]) -> Iterator[object]:
    import pyseccomp

    for condition in conditions:
        match condition:
            case Unless(argument, value):
                yield pyseccomp.Arg(argument, pyseccomp.NE, value)
            case Where(argument, mask, value):
                yield pyseccomp.Arg(argument, pyseccomp.MASKED_EQ, mask, value)
            case Above(argument, value):
                yield pyseccomp.Arg(argument, pyseccomp.GE, value)


def _without_later_calls(program: bytes) -> bytes:
    """Put before a program of libseccomp: on its own architecture, a number above the last known gives ENOSYS."""
    load, jump_if_above, jump_if_equal, end = 0x20, 0x25, 0x15, 0x06
    offset_of_number, offset_of_architecture = 0, 4
    first = _instructions(program)
    architecture = next(k for code, _, _, k in first if code == jump_if_equal)
    refuse = 0x00050000 | errno.ENOSYS
    prefix = (
        (load, 0, 0, offset_of_architecture),
        (jump_if_equal, 0, 3, architecture),  # another one: the program itself ends the process
        (load, 0, 0, offset_of_number),
        (jump_if_above, 0, 1, _LAST_KNOWN),
        (end, 0, 0, refuse),
    )
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in prefix) + program


def _instructions(program: bytes) -> Iterator[tuple[int, int, int, int]]:
    stream = io.BytesIO(program)
    while instruction := stream.read(8):
        yield struct.unpack("=HBBI", instruction)
