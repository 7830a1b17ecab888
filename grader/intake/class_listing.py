"""What a class consists of, seen from above: names and kinds first, bytes only when they are asked for.

The shapes of downloads are told by names and do not know whether a class is a folder or an archive.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from grader.errors import IntakeError
from grader.intake.collecting import EntryKind, Readable
from grader.intake.folders import OPEN_FLAGS, kind_of
from grader.intake.paths import shown

LINE_BYTES = 64 * 2**10  # of a line that is read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file, folder or other thing in a class; `path` is relative, with forward slashes."""

    path: str
    kind: EntryKind

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.kind is EntryKind.FOLDER

    @property
    def is_file(self) -> bool:
        """Whether it is a plain file."""
        return self.kind is EntryKind.FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """The bytes of one file, to be read before the next file is asked for."""

    path: str
    open: Callable[[], AbstractContextManager[Readable]]  # raises IntakeError, and so does reading
    same_as: str = ""  # the earlier file whose bytes these are, where an archive holds them only once


class Listing(Protocol):
    """A class as a tree of names."""

    name: str  # of the folder or archive, for messages
    is_archive: bool

    def children(self, folder: str) -> tuple[Item, ...]:
        """Return what lies in a folder ("" is the top), sorted by path; raises IntakeError."""

    def lines(self, path: str) -> Iterator[bytes]:
        """Give the lines of a file that a platform wrote, long ones in pieces; raises IntakeError."""

    def hindrance(self, path: str) -> str:
        """Return why a file cannot be read, "" where nothing is known to hinder it."""


class FolderListing:
    """A class that is a folder; nothing in it is followed or changed."""

    is_archive = False

    def __init__(self, root: Path, *, without: Path):
        """Look into a folder; `without` is ours and no part of the class, and neither is a folder around it."""
        self.name = shown(root.name)
        self._root = Path(os.path.realpath(root))
        ours = Path(os.path.realpath(without))
        self._without = frozenset(os.fspath(part) for part in (ours, *ours.parents))

    def children(self, folder: str) -> tuple[Item, ...]:
        """Return what lies in a folder, sorted by path; raises IntakeError."""
        prefix = f"{folder}/" if folder else ""
        try:
            with os.scandir(self.on_disk(folder)) as entries:
                theirs = [entry for entry in entries if entry.path not in self._without]
                items = [Item(path=prefix + entry.name, kind=_item_kind(entry)) for entry in theirs]
        except OSError as error:
            raise _unreadable(folder or self.name, error) from error
        return tuple(sorted(items, key=lambda item: item.path))

    def on_disk(self, path: str) -> Path:
        """Return where something of the class lies."""
        return self._root.joinpath(*path.split("/")) if path else self._root

    def open_file(self, path: str) -> BinaryIO:
        """Open a plain file; a link or a pipe that has taken its place is refused."""
        try:
            stream = open(os.open(self.on_disk(path), OPEN_FLAGS), "rb")  # noqa: SIM115 - the caller closes it
        except OSError as error:
            raise _unreadable(path, error) from error
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            stream.close()
            raise IntakeError(f"{shown(path)} is not a plain file; put the file itself there and run the command again")
        return stream

    def lines(self, path: str) -> Iterator[bytes]:
        """Give the lines of a file, long ones in pieces; raises IntakeError."""
        with self.open_file(path) as stream:
            yield from pieces_of_lines(stream)

    def hindrance(self, path: str) -> str:
        """Return why a file cannot be read, "" where nothing is known to hinder it."""
        may_read = os.access(self.on_disk(path), os.R_OK, effective_ids=os.access in os.supports_effective_ids)
        return "" if may_read else "you may not read it; allow it and run the command again"

    def contents(self, paths: Collection[str]) -> Iterator[Content]:
        """Give the bytes of these files."""
        for path in paths:
            yield Content(path=path, open=partial(self.open_file, path))


def pieces_of_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Give the lines of a file; a piece that does not end a line is followed by the rest of the line."""
    return iter(partial(stream.readline, LINE_BYTES), b"")


def _item_kind(entry: os.DirEntry[str]) -> EntryKind:
    return EntryKind.FOLDER if entry.is_dir(follow_symlinks=False) and not entry.is_symlink() else kind_of(entry)


def _unreadable(path: str, error: OSError) -> IntakeError:
    reason = shown(error.strerror or str(error))
    return IntakeError(f"{shown(path)} cannot be read ({reason}); check who may read it and run the command again")
