"""The walls as data: what a submission can see of this machine and do to it, at each level, and the command that puts it there.

A, B and C are walls; "none" is a plain process. Nothing of the judge, the checks or the reference is inside any of A, B and C.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox.data_root import INSIDE as DATA_INSIDE
from grader.sandbox.data_root import VARIABLE, DataRoot, data_root, require_readable
from grader.sandbox.system_calls import OWN_PROCESS, seccomp_program
from grader.sandbox.users import USERS

LEVELS = ("A", "B", "C", "none")  # strongest first
PACKAGE = Path(__file__).resolve().parent.parent
INSIDE = "/runner"  # where the runner's own code lies inside a jail
JAIL_BYTES = 1 << 30  # of what the process that imports may write, and at level B all submissions together
_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/mime.types")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_OF_PROCESSES = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system/cpu")
_RUNNER_PARTS = ("__init__.py", "wire", "runner")
# What the process that forks submissions must be allowed, inside the jail, to put them into walls of their own.
_FOR_NAMESPACES = ("SYS_ADMIN", "NET_ADMIN", "SETPCAP", "KILL", "SYS_PTRACE")
_FOR_USERS = ("SETUID", "SETGID")
_FOR_FOLDERS_OF_OTHERS = ("CHOWN", "DAC_OVERRIDE", "FOWNER")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """One way to keep submissions apart from the machine and from each other."""

    level: str
    description: str
    command: tuple[str, ...]  # what goes before the interpreter
    python_path: str
    scratch: str  # where submissions are put, as the runner sees it
    separation: dict[str, object]  # what each runner does to itself (grader/runner/separating.py)
    environment: tuple[tuple[str, str], ...] = field(repr=False)
    counts_processes: bool = True  # whether a limit on processes would count this submission's alone


def walls_of(level: str, *, scratch: str, first_user: int | None, data: Path | None = None) -> Walls:
    """Return the walls of one level; submissions can read, and not change, the data sets in `data`.

    Raises: SandboxError with the reason and the remedy where it cannot even be tried.
    """
    build = {"A": _namespaces, "B": _landlock_in_jail, "C": _landlock, "none": _nothing}[level]
    root = data_root(data)
    walls = build(scratch, first_user, root)
    if root is None:
        return walls
    if walls.separation["first_user"] is not None:
        require_readable(root, in_place=not walls.command)
    place = DATA_INSIDE if walls.command else str(root.path)
    return replace(walls, environment=(*walls.environment, (VARIABLE, place)))


def _namespaces(scratch: str, first_user: int | None, data: DataRoot | None) -> Walls:
    capabilities = _FOR_NAMESPACES + (_FOR_USERS if first_user is not None else ())
    return Walls(
        level="A",
        description="A: processes, files, network and IPC of its own; read-only system; no capabilities; filtered system calls; "
        + _whose(first_user),
        command=_jail(capabilities, data, as_root=first_user is not None),
        python_path=INSIDE,
        scratch="/tmp",
        separation=_separation("/tmp", first_user, namespaces=True),
        environment=_environment("/tmp"),
    )


def _landlock_in_jail(scratch: str, first_user: int | None, data: DataRoot | None) -> Walls:
    capabilities = ("SETPCAP", "KILL", "SYS_PTRACE", *_FOR_USERS, *_FOR_FOLDERS_OF_OTHERS) if first_user is not None else ()
    shown = (INSIDE, DATA_INSIDE) if data else (INSIDE,)
    readable = (*_SYSTEM_FOLDERS, *_SYSTEM_FILES, *_interpreter_folders(), *shown, *_OF_PROCESSES)
    return Walls(
        level="B",
        description="B: Landlock in a jail of bubblewrap; read-only system; no network, other processes or capabilities; "
        + f"filtered system calls; {_whose(first_user)}",
        command=_jail(capabilities, data, as_root=first_user is not None),
        python_path=INSIDE,
        scratch="/tmp",
        separation=_separation("/tmp", first_user, readable=readable),
        environment=_environment("/tmp"),
        counts_processes=first_user is not None,
    )


def _landlock(scratch: str, first_user: int | None, data: DataRoot | None) -> Walls:
    user = first_user if _others_can_read_the_interpreter() else None
    own = (*(str(PACKAGE / part) for part in _RUNNER_PARTS), *(data.readable if data else ()))
    readable = (*_SYSTEM_FOLDERS, *_SYSTEM_FILES, *_interpreter_folders(), *own, *_OF_PROCESSES)
    return Walls(
        level="C",
        description="C: Landlock; no network, other processes or capabilities; filtered system calls; " + _whose(user),
        command=(),
        python_path=str(PACKAGE.parent),
        scratch=scratch,
        separation=_separation(scratch, user, readable=readable),
        environment=_environment(scratch),
        counts_processes=user is not None,
    )


def _nothing(scratch: str, first_user: int | None, data: DataRoot | None) -> Walls:
    return Walls(
        level="none",
        description="none: a process of its own with limits; it runs with the rights of whoever started grading",
        command=(),
        python_path=str(PACKAGE.parent),
        scratch=scratch,
        separation={**_separation(scratch, None, readable=(), filtered=False), "landlock": False, "processes": True},
        environment=_environment(scratch),
        counts_processes=False,
    )


def _whose(first_user: int | None) -> str:
    return "the grader's own user" if first_user is None else "a user for each submission"


def _separation(
    scratch: str, first_user: int | None, *, namespaces: bool = False, readable: tuple[str, ...] = (), filtered: bool = True
) -> dict[str, object]:
    return {
        "scratch": scratch,
        "namespaces": namespaces,
        "kept": [folder for folder in _interpreter_folders() if namespaces and folder.startswith(f"{scratch}/")],
        "landlock": not namespaces,
        "readable": readable,
        "devices": _DEVICES,
        "first_user": first_user,
        "users": USERS,
        "own_process": OWN_PROCESS,
        "system_calls": seccomp_program(namespaces=namespaces).hex() if filtered else "",
        "processes": namespaces,
    }


def _jail(capabilities: tuple[str, ...], data: DataRoot | None, *, as_root: bool) -> tuple[str, ...]:
    """Return the bubblewrap command: what is mounted, all of it read-only, and with which capabilities the inside begins."""
    program = shutil.which("bwrap")
    if program is None:
        raise SandboxError("bubblewrap is not installed; apt-get install bubblewrap")
    user = () if as_root else ("--unshare-user", "--uid", "1000", "--gid", "1000")
    return (
        *(program, *user, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *("--cap-drop", "ALL", *(word for name in capabilities for word in ("--cap-add", f"CAP_{name}"))),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox", "--proc", "/proc"),
        *("--perms", "0755", "--tmpfs", "/dev", *(word for path in _DEVICES for word in ("--dev-bind", path, path))),
        *("--symlink", "/proc/self/fd", "/dev/fd", "--perms", "1777", "--dir", "/dev/shm"),
        *("--perms", "0755", "--dir", "/dev/pts", "--symlink", "pts/ptmx", "/dev/ptmx"),
        *("--size", str(JAIL_BYTES), "--perms", "1777", "--tmpfs", "/tmp"),
        *_mounts(),  # after /tmp: the interpreter may lie in it
        *(data.mounts if data else ()),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp"),
    )


def _mounts() -> list[str]:
    arguments: list[str] = []
    for folder in ("/etc", INSIDE, f"{INSIDE}/grader", *_parents_of(_interpreter_folders())):
        arguments += ["--perms", "0755", "--dir", folder]  # else bubblewrap makes them for its own user alone
    for folder in _SYSTEM_FOLDERS:
        if os.path.islink(folder):
            arguments += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            arguments += ["--ro-bind", folder, folder]
    for file in _SYSTEM_FILES:
        arguments += ["--ro-bind-try", file, file]
    for folder in _interpreter_folders():
        arguments += ["--ro-bind", folder, folder]
    for part in _RUNNER_PARTS:
        arguments += ["--ro-bind", str(PACKAGE / part), f"{INSIDE}/grader/{part}"]
    return arguments


def _interpreter_folders() -> list[str]:
    """Return the folders that hold the interpreter and the libraries, outermost only, without the system's own."""
    paths = {sys.prefix, sys.base_prefix, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    paths |= {os.path.realpath(path) for path in paths} | {os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))}
    kept: list[str] = []
    for path in sorted(paths):
        inside_kept = any(path == outer or path.startswith(outer + "/") for outer in [*kept, "/usr"])
        if not inside_kept and os.path.isdir(path) and path != "/":
            kept.append(path)
    return kept


def _parents_of(folders: Sequence[str]) -> list[str]:
    parents = {str(parent) for folder in folders for parent in Path(folder).parents}
    return sorted(parents - {"/", "/tmp"})


def _others_can_read_the_interpreter() -> bool:
    """Whether every folder on the way to the interpreter, its libraries and the runner lets any user through."""
    ends = [Path(path).resolve() for path in (*_interpreter_folders(), str(PACKAGE))]
    return all(folder.stat().st_mode & 0o001 for end in ends for folder in (end, *end.parents))


def _environment(scratch: str) -> tuple[tuple[str, str], ...]:
    """Return the whole environment of the runner: nothing of ours is inherited."""
    return tuple(
        {
            "PATH": f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin",
            "HOME": scratch,
            "TMPDIR": scratch,
            "USER": "student",
            "LOGNAME": "student",
            "LANG": "C.UTF-8",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": scratch,
            "IPYTHONDIR": scratch,
            "JUPYTER_PLATFORM_DIRS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONHASHSEED": "0",
            "PYTHONSAFEPATH": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_WAIT_POLICY": "passive",  # threads that spin while they wait took ten times as long beside others
        }.items()
    )
