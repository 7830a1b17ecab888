"""What a submission's processes hold of memory, seen from outside of them, in /proc."""

from __future__ import annotations

import os

_KIB = 1024


class Watch:
    """Adds up the resident memory of one process and of all that it started, with what the kernel needs to map it."""

    def __init__(self, pid: int, *, inherited_bytes: int) -> None:
        """`inherited_bytes`: what the process shares with the one that forked it, and does not hold itself."""
        self._pid = pid
        self._inherited_bytes = inherited_bytes

    def held_bytes(self, *, above: int) -> int:
        """Return the private and shared memory that is resident, file caches left out.

        The quick sum counts pages that several processes share once for each. Only when it is more than `above` are they
        divided by those who share them, where the kernel lets us look: that takes it 20 ms for a process.
        """
        processes = [self._pid]
        for pid in processes:  # it grows while we walk it
            processes += _children_of(pid)
        resident = [_resident_bytes(pid) for pid in processes]
        held = max(0, sum(resident) - self._inherited_bytes)
        if held <= above or len(processes) == 1:
            return held
        divided = [_divided_bytes(pid) for pid in processes]
        if None in divided:
            return sum(max(0, size - self._inherited_bytes) for size in resident)
        return max(0, sum(size for size in divided if size is not None) - self._inherited_bytes)


def resident_bytes_here() -> int:
    """Return the resident private and shared memory of this process."""
    return _resident_bytes(os.getpid())


def _children_of(pid: int) -> list[int]:
    """Return what a process started and has not ended; orphans of a process name space are its first process's."""
    children: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", "rb") as file:
                children += map(int, file.read().split())
    except OSError:  # it has ended meanwhile
        return children
    return children


def _resident_bytes(pid: int) -> int:
    fields = _fields(f"/proc/{pid}/status")
    return sum(fields.get(name, 0) for name in (b"RssAnon", b"RssShmem", b"VmPTE"))


def _divided_bytes(pid: int) -> int | None:
    """Return a process's share, 0 when it has ended meanwhile, or None where we may not look."""
    try:
        fields = _fields(f"/proc/{pid}/smaps_rollup")
    except PermissionError:
        return None
    tables = _fields(f"/proc/{pid}/status").get(b"VmPTE", 0)
    return fields.get(b"Pss_Anon", 0) + fields.get(b"Pss_Shmem", 0) + tables


def _fields(path: str) -> dict[bytes, int]:
    """Return the fields of a file of /proc that are given in KiB, in bytes; none of a process that has ended."""
    found = {}
    try:
        with open(path, "rb") as file:
            for line in file:
                name, _, value = line.partition(b":")
                if value.endswith(b"kB\n"):
                    found[name] = int(value.split()[0]) * _KIB
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return found
