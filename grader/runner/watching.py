"""What a submission's processes hold of memory, seen from outside of them, in /proc."""

from __future__ import annotations

import os

_KIB = 1024


class Watch:
    """Adds up the resident memory of one process and of all that it started."""

    def __init__(self, pid: int, *, inherited_bytes: int) -> None:
        """`inherited_bytes`: what each process shares with the one that was forked, and is nobody's own."""
        self._pid = pid
        self._inherited_bytes = inherited_bytes

    def held_bytes(self, *, above: int) -> int:
        """Return the private and shared memory that is resident, file caches left out.

        The quick sum counts pages that several processes share once for each; only when it is more than `above` are they
        divided by those who share them, where the kernel lets us look.
        """
        processes = [self._pid]
        for pid in processes:  # it grows while we walk it
            processes += _children_of(pid)
        quick = sum(max(0, _resident_bytes(pid) - self._inherited_bytes) for pid in processes)
        if quick <= above or len(processes) == 1:
            return quick
        exact = [_divided_bytes(pid) for pid in processes]
        return quick if None in exact else sum(size for size in exact if size is not None)


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
    return fields.get(b"RssAnon", 0) + fields.get(b"RssShmem", 0)


def _divided_bytes(pid: int) -> int | None:
    fields = _fields(f"/proc/{pid}/smaps_rollup")
    if b"Pss_Anon" not in fields:
        return None
    return fields[b"Pss_Anon"] + fields.get(b"Pss_Shmem", 0)


def _fields(path: str) -> dict[bytes, int]:
    """Return the fields of a file of /proc that are given in KiB, in bytes."""
    found = {}
    try:
        with open(path, "rb") as file:
            for line in file:
                name, _, value = line.partition(b":")
                if value.endswith(b"kB\n"):
                    found[name] = int(value.split()[0]) * _KIB
    except OSError:
        return {}
    return found
