"""The folder of one submission, seen from the process that forked it: made before, counted meanwhile, removed at the end.

The submission can do to its folder what it likes while we look: nest it, close it, exchange parts of it for links. So
everything goes by descriptors, follows no link, and has a bound of its own.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import tempfile
from collections.abc import Iterator

MAX_DEPTH = 64  # of folders in folders; what lies deeper is not counted but refused
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


class Home:
    """A mount of its own at level A, which the kernel limits and ends; else a folder below the common one."""

    def __init__(self, scratch: str, *, is_mount: bool, user: int | None) -> None:
        self.user = user
        self.path = scratch
        self._is_ours = not is_mount
        if self._is_ours:
            self.path = os.path.realpath(tempfile.mkdtemp(prefix="home-", dir=scratch))
            if user is not None:
                os.chown(self.path, user, user)

    def passed_limit(self, pid: int, limits: dict[str, int]) -> tuple[str, int] | None:
        """Return the limit on files that the process `pid` is above, and how much it uses; None where the mount holds it."""
        if not self._is_ours:
            return None
        files, size, depth = _count(self.path, limits["files"])
        size += _nameless_bytes(pid, self.path)
        for name, used, allowed in (
            ("depth", depth, MAX_DEPTH),
            ("files", files, limits["files"]),
            ("disk_bytes", size, limits["disk_bytes"]),
        ):
            if used > allowed:
                return name, used
        return None

    def remove(self) -> None:
        """Delete everything, so that the next submission finds neither a note nor a full disk."""
        if self._is_ours:
            with contextlib.suppress(OSError):  # the judge tries again at the end; other submissions must not wait for it
                _remove(self.path)


def _count(folder: str, max_files: int) -> tuple[int, int, int]:
    """Return how many files there are, the bytes that they take, and how deep folders lie; ends soon after a limit."""
    files, size, deepest = 0, 0, 0
    open_folders: list[tuple[int, Iterator[str]]] = []
    try:
        _enter(open_folders, folder, None)
        while open_folders and files <= max_files and deepest <= MAX_DEPTH:
            deepest = max(deepest, len(open_folders))
            descriptor, names = open_folders[-1]
            name = next(names, None)
            if name is None:
                os.close(open_folders.pop()[0])
                continue
            files += 1
            with contextlib.suppress(OSError):  # it has vanished meanwhile
                status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                size += status.st_blocks * 512
                if stat.S_ISDIR(status.st_mode):
                    _enter(open_folders, name, descriptor)
    finally:
        for descriptor, _ in open_folders:
            os.close(descriptor)
    return files, size, deepest


def _enter(open_folders: list[tuple[int, Iterator[str]]], name: str, above: int | None) -> None:
    with contextlib.suppress(OSError):  # it has vanished or is no folder any more
        descriptor = _open_folder(name, above)
        open_folders.append((descriptor, iter(os.listdir(descriptor))))


def _open_folder(name: str, above: int | None) -> int:
    """Open a folder, even one whose owner has closed it to herself; raises OSError."""
    try:
        return os.open(name, _FOLDER, dir_fd=above)
    except PermissionError:
        place = os.open(name, os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=above)
        try:
            os.chmod(f"/proc/self/fd/{place}", stat.S_IRWXU)  # by descriptor: what it names cannot be exchanged for a link
        finally:
            os.close(place)
        return os.open(name, _FOLDER, dir_fd=above)


def _nameless_bytes(pid: int, folder: str) -> int:
    """Return the bytes of files below a folder that a process has open or mapped and that have no name any more."""
    sizes: dict[int, int] = {}  # inode -> bytes
    with contextlib.suppress(OSError):  # the process has ended
        for number in os.listdir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                status = os.stat(f"/proc/{pid}/fd/{number}")
                if stat.S_ISREG(status.st_mode) and status.st_nlink == 0:
                    sizes[status.st_ino] = status.st_blocks * 512
        mapped: dict[int, int] = {}
        with open(f"/proc/{pid}/maps", "rb") as maps:
            for line in maps:
                fields = line.split(maxsplit=5)
                if line.endswith(b" (deleted)\n") and fields[5].startswith(folder.encode()):
                    start, end = fields[0].split(b"-")
                    inode = int(fields[4])
                    mapped[inode] = mapped.get(inode, 0) + int(end, 16) - int(start, 16)
        sizes = mapped | sizes
    return sum(sizes.values())


def _remove(folder: str) -> None:
    """Remove a folder however deep it is nested: what lies in an inner folder is first brought up to the outermost one."""
    top = _open_folder(folder, None)
    fresh = (f".removed-{number}" for number in itertools.count())
    try:
        while names := os.listdir(top):
            for name in names:
                _remove_one(top, name, fresh)
    finally:
        os.close(top)
    os.rmdir(folder)


def _remove_one(top: int, name: str, fresh: Iterator[str]) -> None:
    if not stat.S_ISDIR(os.stat(name, dir_fd=top, follow_symlinks=False).st_mode):
        os.unlink(name, dir_fd=top)
        return
    inner = _open_folder(name, top)
    try:
        for below in os.listdir(inner):
            if stat.S_ISDIR(os.stat(below, dir_fd=inner, follow_symlinks=False).st_mode):
                os.close(_open_folder(below, inner))  # a folder that is closed to us cannot be moved
                os.rename(below, next(fresh), src_dir_fd=inner, dst_dir_fd=top)
            else:
                os.unlink(below, dir_fd=inner)
    finally:
        os.close(inner)
    os.rmdir(name, dir_fd=top)
