"""How one forked child cuts itself off from the machine, before it meets the submission.

The judge decides what is done (`grader/sandbox/walls.py` holds it as data); this module only does it, in the one order in which
it works: name spaces while there are capabilities, then another user, then limits, then no capabilities, then Landlock, then
the filter of system calls, which would refuse all of the above.
"""

from __future__ import annotations

import os
import stat
import tempfile
from dataclasses import dataclass
from typing import Any

from grader.runner import linux
from grader.runner.home import Home
from grader.runner.limiting import apply_limits

_SHARED_MEMORY = "/dev/shm"
_TERMINALS = "/dev/pts"  # a Jupyter kernel opens one for each `!command`


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation:
    """What every child of this process does to itself."""

    scratch: str  # where a submission may write
    namespaces: bool  # own processes, mounts, network, IPC and host name (level A)
    kept: tuple[str, ...]  # with name spaces: folders below the scratch that stay to be seen, such as an interpreter's
    landlock: bool
    readable: tuple[str, ...]  # with Landlock: what can be read besides the own folder
    devices: tuple[str, ...]  # with Landlock: what can be written besides it
    first_user: int | None  # where the judge is root: the first of the users under which children run
    users: int  # how many of them this sandbox has to itself
    system_calls: bytes  # a seccomp program, empty for none
    own_process: int  # stands in that program where the child's own process number belongs
    processes: bool  # whether the submission may start other processes

    @classmethod
    def from_json(cls, plan: dict[str, Any]) -> Separation:
        """Return what the judge asks for."""
        lists = {name: tuple(plan[name]) for name in ("kept", "readable", "devices")}
        return cls(**{**plan, **lists, "system_calls": bytes.fromhex(plan["system_calls"])})

    def home(self, number: int) -> Home:
        """Make the folder of the child with this number, which runs under a user of its own where we may give it one."""
        user = None if self.first_user is None else self.first_user + number % self.users
        return Home(self.scratch, is_mount=self.namespaces, user=user)


def fork_apart(separation: Separation, own_pids: int) -> int:
    """Fork; with name spaces, the child is the first process of a new one. `own_pids` names ours, for the way back."""
    if not separation.namespaces:
        return os.fork()
    linux.unshare(linux.NEW_PIDS)
    try:
        pid = os.fork()
    except OSError:
        linux.join_namespace(own_pids, linux.NEW_PIDS)
        raise
    if pid:
        linux.join_namespace(own_pids, linux.NEW_PIDS)
    return pid


def separate(separation: Separation, home: Home, limits: dict[str, int]) -> None:
    """Cut this process off for good; raises OSError when the machine does not let us."""
    if separation.namespaces:
        _enter_namespaces(separation, home, limits)
    if home.user is not None:
        linux.bar_capabilities()  # while we still may: with the user goes the right to do it
        os.setgroups([])
        os.setresgid(home.user, home.user, home.user)
        os.setresuid(home.user, home.user, home.user)
    elif separation.namespaces:
        user, group = os.getuid(), os.getgid()
        linux.unshare(linux.NEW_USERS)  # its processes are counted apart from those of other submissions
        linux.map_own_user(user, group)
    _live_in(home.path)
    apply_limits(limits)
    if separation.system_calls:
        linux.drop_capabilities()
        linux.stay_inspectable()
        linux.end_with_parent()
    if separation.landlock:
        # Before version 3 it lets a file be emptied that could not be opened: then only a user of its own protects the others.
        at_least = 3 if home.user is None else 1
        linux.restrict_files(separation.readable, (home.path, *separation.devices), at_least=at_least)
    if separation.system_calls:
        own = separation.own_process.to_bytes(4, "little"), os.getpid().to_bytes(4, "little")
        linux.load_filter(separation.system_calls.replace(*own))


def _enter_namespaces(separation: Separation, home: Home, limits: dict[str, int]) -> None:
    linux.unshare(linux.NEW_MOUNTS | linux.NEW_NETWORK | linux.NEW_IPC | linux.NEW_HOST_NAME)
    linux.keep_mounts_private()
    harmless = linux.NO_SETUID | linux.NO_DEVICES
    linux.mount("proc", "/proc", "proc", harmless | linux.NO_EXECUTION)  # while the old one can still be seen
    everybody = stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO  # there is nobody else in here
    options = f"size={limits['disk_bytes']},nr_inodes={limits['files']},mode={everybody:o}"
    kept = {path: os.open(path, os.O_PATH) for path in separation.kept}
    linux.mount("tmpfs", home.path, "tmpfs", harmless, options)
    for path, descriptor in kept.items():
        os.makedirs(path)
        linux.bind(f"/proc/self/fd/{descriptor}", path)
        os.close(descriptor)
    shared = f"{home.path}/.shared-memory"  # under the same limit as the files
    os.mkdir(shared)
    os.chmod(shared, everybody)
    linux.bind(shared, _SHARED_MEMORY)
    linux.mount(
        "devpts", _TERMINALS, "devpts", linux.NO_SETUID | linux.NO_EXECUTION, "newinstance,ptmxmode=0666,mode=0600,max=16"
    )
    linux.bring_loopback_up()


def _live_in(folder: str) -> None:
    os.umask(0o077)
    for name in ("HOME", "TMPDIR", "MPLCONFIGDIR", "IPYTHONDIR", "TORCHINDUCTOR_CACHE_DIR"):
        os.environ[name] = folder
    tempfile.tempdir = folder
    os.chdir(folder)
