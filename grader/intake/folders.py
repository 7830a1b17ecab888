"""Reads a single file or a folder from disk without following any link inside it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from grader.errors import IntakeError
from grader.intake.collecting import Collected, Collector, EntryKind, hold_entries
from grader.intake.paths import Place, is_ignored_folder, safe_place, shown

# A link that takes a file's place between listing and opening is refused, and a pipe does not block.
OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_BINARY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC"))


def read_file(path: Path) -> Collected:
    """Return one file as a submission of its own."""
    collector = Collector(shown(path.name))
    place = safe_place(path.name, origin=shown(path.name))
    _take(collector, place, path)
    return collector.collected()


def read_folder(root: Path, *, name: str) -> Collected:
    """Return the files of a folder and of the folders below it; `name` is the folder's name in messages."""
    collector = Collector(name)
    for path, entry in entries_of(root, name):
        place = safe_place(path, origin=name)
        if collector.admits(place, kind_of(entry)):
            _take(collector, place, Path(entry.path))
    return collector.collected()


def entries_of(root: Path, name: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Give every entry but folders with its relative path; caches and virtual environments are not entered."""
    pending = [("", os.fspath(root))]
    seen = 0
    while pending:
        prefix, folder = pending.pop()
        with os.scandir(folder) as listing:
            entries: list[os.DirEntry[str]] = []
            for entry in listing:
                seen += 1
                hold_entries(seen, name)
                entries.append(entry)
        if prefix and any(entry.name == "pyvenv.cfg" for entry in entries):
            continue
        for entry in sorted(entries, key=lambda entry: entry.name):
            if not entry.is_dir(follow_symlinks=False):
                yield prefix + entry.name, entry
            elif not is_ignored_folder(entry.name):
                pending.append((f"{prefix}{entry.name}/", entry.path))


def kind_of(entry: os.DirEntry[str]) -> EntryKind:
    """Return what an entry is, links not followed."""
    if entry.is_symlink():
        return EntryKind.LINK
    return EntryKind.FILE if entry.is_file(follow_symlinks=False) else EntryKind.OTHER


def _take(collector: Collector, place: Place, path: Path) -> None:
    with open(os.open(path, OPEN_FLAGS), "rb", buffering=0) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise IntakeError(f"{shown(path.name)} is not a plain file; leave it out and hand the others in again")
        collector.take(place, stream)
