"""What can be seen of an attack from outside of the walls: files, processes, mounts, and the state of the judge."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent.parent
LIMIT_KINDS = range(16)
IOPRIO_GET = {"x86_64": 252, "aarch64": 31}
SETTINGS = ("oom_score_adj", "timerslack_ns", "coredump_filter", "comm", "cgroup")
CLOCK_AT_START = time.time() - time.monotonic()
CLOCK_MAY_DRIFT_S = 5.0
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that an attack got or changed."""

    kind: str  # "token", "process", "canary": what header lines name
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process and what others could have done to it."""

    pid: int
    started: int  # in clock ticks since the machine booted: with the number, unmistakable
    state: dict[str, str]


def file_state(path: Path) -> dict[str, object]:
    """Return everything about a file or folder that only its owner should change."""
    try:
        stat = path.lstat()
        kept: dict[str, object] = {
            "mode": oct(stat.st_mode),
            "owner": (stat.st_uid, stat.st_gid),
            "links": stat.st_nlink,
            "modified": stat.st_mtime_ns,
            "changed": stat.st_ctime_ns,
            "labels": {name: os.getxattr(path, name) for name in os.listxattr(path) if name.startswith("user.")},
        }
        if path.is_dir():
            kept["names"] = sorted(os.listdir(path))
        elif path.is_file():
            kept["content"] = path.read_bytes()[:4096]
            kept["size"] = stat.st_size
    except OSError as error:
        return {"gone": str(error)}
    return kept


def changes(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """Return what differs, one line each."""
    return [
        f"{name}: {before.get(name)} -> {after.get(name)}" for name in {**before, **after} if before.get(name) != after.get(name)
    ]


def machine_state(judge: int) -> dict[str, object]:
    """Return what belongs to the whole machine and must not move."""
    return {
        "mounts": sorted(_text(f"/proc/{judge}/mountinfo").splitlines()),
        "host name": os.uname().nodename,
        "clock": int((time.time() - time.monotonic() - CLOCK_AT_START) / CLOCK_MAY_DRIFT_S),
        "core pattern": _text("/proc/sys/kernel/core_pattern"),
    }


def judge_state(pid: int) -> dict[str, object]:
    """Return the state of the judge that an attack could change."""
    fields = dict(line.split(":\t", 1) for line in _text(f"/proc/{pid}/status").splitlines() if ":\t" in line)
    names = ("SigBlk", "SigIgn", "SigCgt", "Threads", "Uid", "Gid", "CapEff", "Seccomp", "NoNewPrivs")
    kept: dict[str, object] = {name: fields.get(name, "gone") for name in names}
    with contextlib.suppress(OSError):
        kept["descriptors"] = len(os.listdir(f"/proc/{pid}/fd"))
        kept["folder"] = os.readlink(f"/proc/{pid}/cwd")
        kept["name spaces"] = sorted(os.readlink(f"/proc/{pid}/ns/{name}") for name in os.listdir(f"/proc/{pid}/ns"))
    return {**kept, **process_state(pid)}


def process_state(pid: int) -> dict[str, str]:
    """Return the state of any process that another could change."""
    kept = {name: _text(f"/proc/{pid}/{name}") for name in SETTINGS}
    fields = dict(line.split(":\t", 1) for line in _text(f"/proc/{pid}/status").splitlines() if ":\t" in line)
    kept["tracer"] = fields.get("TracerPid", "gone")
    kept["stopped"] = str(fields.get("State", "X")[0] in "Tt")
    with contextlib.suppress(OSError):
        kept["limits"] = str([resource.prlimit(pid, kind) for kind in LIMIT_KINDS])
        kept["nice"] = str(os.getpriority(os.PRIO_PROCESS, pid))
        kept["cpus"] = str(os.sched_getaffinity(pid))
        kept["class"] = str((os.sched_getscheduler(pid), os.sched_getparam(pid).sched_priority))
        kept["input and output"] = str(_libc.syscall(IOPRIO_GET.get(os.uname().machine, -1), 1, pid))
    return kept


def descendants(pid: int) -> dict[int, Process]:
    """Return every living process that a process started, and those that these started."""
    parents: dict[int, list[tuple[int, int]]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        fields = _text(f"/proc/{name}/stat").rpartition(")")[2].split()
        if fields and fields[0] not in "ZX":
            parents.setdefault(int(fields[1]), []).append((int(name), int(fields[19])))
    found, todo = {}, [pid]
    while todo:
        for child, started in parents.get(todo.pop(), []):
            found[child] = Process(pid=child, started=started, state=process_state(child))
            todo.append(child)
    return found


def commands_of(processes: dict[int, Process]) -> list[str]:
    """Say what processes are, for a message."""
    return [f"{pid} {_text(f'/proc/{pid}/cmdline').replace(chr(0), ' ')[:100]}" for pid in processes]


def kill(processes: dict[int, Process]) -> None:
    """Kill processes, if they are still the same ones."""
    for pid, process in processes.items():
        fields = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if fields and int(fields[19]) == process.started:
            with contextlib.suppress(OSError):
                os.kill(pid, 9)


def folders_of_jails(processes: dict[int, Process]) -> list[Path]:
    """Return the folders for temporary files of processes that have another root, as far as we may look into them."""
    found = {}
    for pid in processes:
        with contextlib.suppress(OSError):
            root, folder = Path(f"/proc/{pid}/root"), Path(f"/proc/{pid}/root/tmp")
            if not root.samefile("/") and os.access(folder, os.R_OK):
                found[folder.stat().st_dev, folder.stat().st_ino] = folder
    return list(found.values())


def notes_outside(note: str, key: int, own: list[Path]) -> list[str]:
    """Return where on the machine something with this name or key is."""
    # By another program: folders can lie deeper in each other than Python's own walks go.
    found = subprocess.run(["find", *own, "-name", f"*{note}*"], check=False, capture_output=True, text=True).stdout.splitlines()
    for folder in _folders():
        with contextlib.suppress(OSError):
            found += [os.path.join(folder, name) for name in os.listdir(folder) if note in name]
    found += [line for name in ("/proc/net/unix", "/proc/keys") for line in _text(name).splitlines() if note in line]
    for name in ("shm", "msg", "sem"):
        lines = _text(f"/proc/sysvipc/{name}").splitlines()[1:]
        found += [f"System V {name}" for line in lines if int(line.split()[0]) == key]
    return found


def remove_notes(found: list[str], note: str, key: int) -> list[str]:
    """Take away what an attack left outside, so that the next test starts clean; return what is only seen by that."""
    for path in found:
        if path.startswith("/"):
            subprocess.run(["rm", "-rf", "--one-file-system", path], check=False, capture_output=True)
    if any(line.startswith("System V") for line in found):
        subprocess.run(["ipcrm", "-M", str(key), "-Q", str(key), "-S", str(key)], check=False, capture_output=True)
    number = {"x86_64": 241, "aarch64": 181}.get(os.uname().machine)  # mq_unlink
    return ["message queue"] if number is not None and _libc.syscall(number, note.encode()) == 0 else []


def _folders() -> Iterator[str]:
    yield from (f"/{name}" for name in os.listdir("/"))
    yield from (
        "/",
        "/var/tmp",
        "/var/lock",
        "/var/crash",
        "/run/lock",
        "/usr/lib",
        "/usr/local",
        "/usr/bin",
        "/dev/shm",
        "/dev/mqueue",
    )
    yield from (f"/sys/fs/cgroup/{name}" for name in (".", "unified", "memory", "pids"))
    yield from (str(ROOT), str(ROOT / "grader" / "runner"), str(ROOT / "assignments" / "conv_nets"))
    yield from (sys.prefix, sysconfig.get_path("purelib"), sysconfig.get_path("stdlib"), os.path.dirname(torch.__file__))


def _text(path: str) -> str:
    try:
        with open(path, errors="replace") as file:
            return file.read()
    except OSError:
        return ""
