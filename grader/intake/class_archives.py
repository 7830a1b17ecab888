"""A class that is a zip or tar archive: its names, and the bytes of its files one after the other.

Archives inside it are files like all others; open_submission() reads them. What the archive's headers claim is not believed.
"""

from __future__ import annotations

import gzip
import io
import posixpath
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import BinaryIO

from grader.errors import IntakeError
from grader.intake.archives import damage_told, kind_in_zip, name_in_zip, refuse_unusual
from grader.intake.class_listing import Content, Item, pieces_of_lines
from grader.intake.class_tree import Tree
from grader.intake.collecting import CHUNK_BYTES, EntryKind, Readable
from grader.intake.paths import safe_place, shown
from grader.intake.tars import TarMember, tar_members

MAX_DIRECTORY_BYTES = 32 * 2**20  # of a zip's list of entries: enough for 300,000 of them
MAX_KEPT_BYTES = 64 * 10**6  # of the files of platforms in a tar, which cannot be read again at will

_KEPT_FILES = ("submission_metadata.yml", ".txt")  # timestamps and Blackboard's texts among them
_TEXT_BYTES = 4_000  # of a text that are kept


class ZipClass:
    """A class in a zip."""

    is_archive = True

    def __init__(self, stream: BinaryIO, name: str):
        """Read the list of entries; raises IntakeError when it is damaged."""
        self.name = name
        self.tree = Tree(name)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        with _told_of_class(), damage_told(name):
            self._archive = zipfile.ZipFile(_BoundedReads(stream))
            for entry in self._archive.infolist():
                path = self.tree.add(name_in_zip(entry), kind_in_zip(entry))
                if path:
                    self._entries[path] = entry
        self.tree.close()

    def children(self, folder: str) -> tuple[Item, ...]:
        """Return what lies in a folder, sorted by path."""
        return self.tree.children(folder)

    def lines(self, path: str) -> Iterator[bytes]:
        """Give the lines of a file, long ones in pieces; raises IntakeError."""
        with self._opened(path) as content, damage_told(shown(path)):
            yield from pieces_of_lines(content)

    def hindrance(self, path: str) -> str:
        """Return nothing: what hinders reading shows when it is tried."""
        del path
        return ""

    def packed_bytes(self, paths: Collection[str]) -> int | None:
        """Return how many bytes of the archive these files take, as it says."""
        return sum(self._entries[path].compress_size for path in paths)

    def contents(self, paths: Collection[str]) -> Iterator[Content]:
        """Give the bytes of these files."""
        for path in paths:
            yield Content(path=path, open=partial(self._read, path))

    @contextmanager
    def _read(self, path: str) -> Iterator[Readable]:
        with self._opened(path) as content:
            yield _Told(content, shown(path))

    @contextmanager
    def _opened(self, path: str) -> Iterator[BinaryIO]:
        entry = self._entries[path]
        refuse_unusual(entry, path, self.name)
        with damage_told(shown(path)):
            content = self._archive.open(entry)
        with content:
            yield content  # type: ignore[misc]  # it has all of a binary file that is asked for


class TarClass:
    """A class in a tar or tar.gz, which can only be read forwards."""

    is_archive = True

    def __init__(self, stream: BinaryIO, name: str, *, is_packed: bool):
        """Read all names; raises IntakeError when it is damaged."""
        self.name = name
        self.tree = Tree(name)
        self._stream = stream
        self._is_packed = is_packed
        self._kept: dict[str, bytes] = {}
        self._kept_bytes = 0
        self._same_as: dict[str, str] = {}
        with _told_of_class(), damage_told(name):
            for member in self._members():
                self._add(member)
        self.tree.close()

    def _add(self, member: TarMember) -> None:
        original = posixpath.normpath(member.hard_link) if member.hard_link else ""
        is_again = bool(original) and self.tree.has_file(original)
        path = self.tree.add(member.name, EntryKind.FILE if is_again else member.kind)
        if path and is_again and path != original:
            self._same_as[path] = self._same_as.get(original, original)
        elif path and path.lower().endswith(_KEPT_FILES):
            self._keep(path, member.content)

    def _keep(self, path: str, content: Readable) -> None:
        is_text = path.lower().endswith(".txt")
        limit = min(_TEXT_BYTES if is_text else MAX_KEPT_BYTES, MAX_KEPT_BYTES - self._kept_bytes)
        kept = _start(content, limit)
        self._kept_bytes += len(kept)
        if not is_text and self._kept_bytes >= MAX_KEPT_BYTES:
            raise IntakeError(
                f"{shown(path)} is larger than the limit of {MAX_KEPT_BYTES / 1e6:.0f} MB in a tar; give the folder"
            )
        self._kept[path] = kept

    def _members(self) -> Iterator[TarMember]:
        self._stream.seek(0)
        if not self._is_packed:
            yield from tar_members(self._stream, origin=self.name)
            return
        with gzip.GzipFile(fileobj=self._stream, mode="rb") as unpacked:
            yield from tar_members(unpacked, origin=self.name)

    def children(self, folder: str) -> tuple[Item, ...]:
        """Return what lies in a folder, sorted by path."""
        return self.tree.children(folder)

    def lines(self, path: str) -> Iterator[bytes]:
        """Give the lines of a file of a platform, long ones in pieces."""
        yield from pieces_of_lines(io.BytesIO(self._kept.get(path, b"")))

    def hindrance(self, path: str) -> str:
        """Return nothing: what hinders reading shows when it is tried."""
        del path
        return ""

    def packed_bytes(self, paths: Collection[str]) -> int | None:
        """Return None: what a file takes of a packed tar is not known."""
        del paths
        return None

    def contents(self, paths: Collection[str]) -> Iterator[Content]:
        """Give the bytes of these files, in the archive's order."""
        with _told_of_class():
            for member in self._members():
                path = self._path(member)
                if path not in paths:
                    continue
                same_as = self._same_as.get(path, "") if member.kind is not EntryKind.FILE else ""
                yield Content(path=path, open=partial(_told, member.content, self.name), same_as=same_as)

    def _path(self, member: TarMember) -> str:
        try:
            return safe_place(member.name, origin=self.name).path
        except IntakeError:  # it was noted when the names were read
            return ""


class _BoundedReads:
    """A file that refuses to be read in one piece that is larger than any honest class asks for."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream
        self.seek = stream.seek
        self.tell = stream.tell
        self.seekable = stream.seekable

    def read(self, size: int = -1, /) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise IntakeError(f"the list of entries has {size:,} bytes and the limit is {MAX_DIRECTORY_BYTES:,}; give the folder")
        return self._stream.read(size if size >= 0 else MAX_DIRECTORY_BYTES)


class _Told:
    """Bytes of an archive; damage that shows while they are read becomes an IntakeError."""

    def __init__(self, content: Readable, origin: str):
        self._content = content
        self._origin = origin

    def read(self, size: int, /) -> bytes:
        with damage_told(self._origin):
            return self._content.read(size)


@contextmanager
def _told(content: Readable, origin: str) -> Iterator[Readable]:
    yield _Told(content, origin)


@contextmanager
def _told_of_class() -> Iterator[None]:
    """Turn what is said to a student about a submission into what is said about a class."""
    try:
        yield
    except IntakeError as error:
        reason = str(error).partition("; ")[0]
        raise IntakeError(f"{reason}; download or pack the class again, or unpack it yourself and give the folder") from error


def _start(content: Readable, size_bytes: int) -> bytes:
    chunks: list[bytes] = []
    while size_bytes > 0 and (chunk := content.read(min(size_bytes, CHUNK_BYTES))):
        chunks.append(chunk)
        size_bytes -= len(chunk)
    return b"".join(chunks)
