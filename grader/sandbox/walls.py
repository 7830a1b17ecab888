"""The walls as data: what a runner can see of this machine, and the command that puts it there.

Two levels so far: bubblewrap (own user, process, network, mount and host name spaces, a read-only system, no capabilities), or a
plain process with resource limits. Nothing of the judge, the checks or the reference is inside the walls.
"""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
INSIDE = "/runner"  # where the runner's own code lies inside the walls
SCRATCH_BYTES = 1 << 30
_SYSTEM_FOLDERS = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime", "/etc/mime.types")


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """One way to keep a runner apart."""

    level: str  # "bubblewrap" or "none"
    description: str
    command: tuple[str, ...]  # what goes before the interpreter
    python_path: str
    scratch: str  # where submissions are put, as the runner sees it
    environment: tuple[tuple[str, str], ...]


def bubblewrap(scratch_bytes: int = SCRATCH_BYTES) -> Walls | None:
    """Return the bubblewrap level, or None where the program is not installed."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    command = [
        *(program, "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL"),
        *("--die-with-parent", "--new-session", "--hostname", "sandbox"),
        *("--proc", "/proc", "--dev", "/dev", "--size", str(scratch_bytes), "--tmpfs", "/dev/shm"),
        *("--size", str(scratch_bytes), "--tmpfs", "/tmp"),
        *_mounts(),  # after /tmp: the interpreter may lie in it
        *("--remount-ro", "/", "--chdir", "/tmp"),
    ]
    return Walls(
        level="bubblewrap",
        description="bubblewrap: own process, network and file name spaces, read-only system, no capabilities",
        command=tuple(command),
        python_path=INSIDE,
        scratch="/tmp",
        environment=_environment("/tmp"),
    )


def plain(scratch: str) -> Walls:
    """Return the level without walls: a process of its own with resource limits, in a temporary folder."""
    return Walls(
        level="none",
        description="none: a process of its own with resource limits; it runs with the rights of whoever started grading",
        command=(),
        python_path=str(PACKAGE.parent),
        scratch=scratch,
        environment=_environment(scratch),
    )


def _mounts() -> list[str]:
    arguments: list[str] = []
    for folder in _SYSTEM_FOLDERS:
        if os.path.islink(folder):
            arguments += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            arguments += ["--ro-bind", folder, folder]
    for file in _SYSTEM_FILES:
        arguments += ["--ro-bind-try", file, file]
    for folder in _interpreter_folders():
        arguments += ["--ro-bind", folder, folder]
    for name in ("__init__.py", "wire", "runner"):
        arguments += ["--ro-bind", str(PACKAGE / name), f"{INSIDE}/grader/{name}"]
    return arguments


def _interpreter_folders() -> list[str]:
    """Return the folders that hold the interpreter and the libraries, outermost only, without the system's own."""
    paths = {sys.prefix, sys.base_prefix, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    paths |= {os.path.realpath(path) for path in paths} | {os.path.dirname(os.path.dirname(_interpreter()))}
    kept: list[str] = []
    for path in sorted(paths):
        inside_kept = any(path == outer or path.startswith(outer + "/") for outer in [*kept, "/usr"])
        if not inside_kept and os.path.isdir(path) and path != "/":
            kept.append(path)
    return kept


def _interpreter() -> str:
    return os.path.realpath(sys.executable)


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
        }.items()
    )
