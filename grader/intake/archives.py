"""Reads zip and tar archives entry by entry into memory; nothing is ever unpacked to disk."""

from __future__ import annotations

import gzip
import io
import os
import posixpath
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from grader.errors import IntakeError
from grader.intake.collecting import Collected, Collector, EntryKind, hold_entries
from grader.intake.paths import environments_among, safe_place, shown
from grader.intake.tars import TarMember, tar_members

MAX_DIRECTORY_BYTES = 8 * 2**20  # of a zip's list of entries: enough for 50,000 of them

_ENCRYPTED = 0x1 | 0x40 | 0x2000  # flag bits: content, strong encryption, names
_UTF8_NAME = 0x800
_DOS_FOLDER = 0x10
_UNIX_MAKERS = frozenset({3, 19})  # made on Unix, on macOS
# What `zipfile`, `gzip` and `zlib` raise for damaged or hostile archives.
_FOREIGN_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    IndexError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
)


def read_archive(path: Path) -> Collected:
    """Return the files of a .zip, .tar or .tar.gz; what it is is told by its content, not by its name."""
    origin = shown(path.name)
    with path.open("rb") as stream:
        magic = stream.read(4)
        stream.seek(0)
        if not magic:
            raise IntakeError(f"{origin} is empty; pack your work again and hand that in")
        with damage_told(origin):
            if magic[:2] == b"PK":
                return _read_zip(stream, origin)
            return _read_tar(stream, origin, is_packed=magic[:2] == b"\x1f\x8b")


@contextmanager
def damage_told(origin: str) -> Iterator[None]:
    """Turn what the libraries raise for damaged archives into IntakeError."""
    try:
        yield
    except _FOREIGN_ERRORS as error:
        reason = shown(str(error)) or type(error).__name__
        raise IntakeError(
            f"{origin} is damaged or is not an archive that can be opened ({reason}); "
            f"pack it again as .zip or .tar.gz and hand that in"
        ) from error


def _read_zip(stream: BinaryIO, origin: str) -> Collected:
    size_bytes = os.fstat(stream.fileno()).st_size
    with zipfile.ZipFile(_BoundedReads(stream, origin)) as archive:
        entries = archive.infolist()
        hold_entries(len(entries), origin)
        places = [safe_place(name_in_zip(entry), origin=origin) for entry in entries]
        environments = environments_among(place.path for place in places)
        collector = Collector(origin, environments=environments, packed_bytes=size_bytes)
        for place, entry in zip(places, entries, strict=True):
            if collector.admits(place, kind_in_zip(entry)):
                refuse_unusual(entry, place.path, origin)
                with archive.open(entry) as content:
                    collector.take(place, content)
    return collector.collected()


class _BoundedReads:
    """A file that refuses to be read in one piece that is larger than any honest zip asks for."""

    def __init__(self, stream: BinaryIO, origin: str):
        self._stream = stream
        self._origin = origin
        self.seek = stream.seek
        self.tell = stream.tell
        self.seekable = stream.seekable

    def read(self, size: int = -1, /) -> bytes:
        if size > MAX_DIRECTORY_BYTES:
            raise IntakeError(
                f"{self._origin} has a list of entries of {size:,} bytes and the limit is {MAX_DIRECTORY_BYTES:,}; "
                f"leave out data, libraries and virtual environments and hand it in again"
            )
        return self._stream.read(size if size >= 0 else MAX_DIRECTORY_BYTES)


def name_in_zip(entry: zipfile.ZipInfo) -> str:
    """Return the name as it was meant: macOS writes UTF-8 without saying so, and then it is read as code page 437."""
    name = entry.orig_filename  # `filename` ends at the first NUL
    if entry.flag_bits & _UTF8_NAME or entry.create_system not in _UNIX_MAKERS:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def kind_in_zip(entry: zipfile.ZipInfo) -> EntryKind:
    """Return what an entry is by its Unix mode, or by what DOS says where there is none."""
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return EntryKind.LINK
    if kind == stat.S_IFDIR or (kind == 0 and entry.external_attr & _DOS_FOLDER):
        return EntryKind.FOLDER
    return EntryKind.FILE if kind in (0, stat.S_IFREG) else EntryKind.OTHER


def refuse_unusual(entry: zipfile.ZipInfo, path: str, origin: str) -> None:
    """Raise IntakeError for what is encrypted or packed in a way that no usual tool uses."""
    if entry.flag_bits & _ENCRYPTED:
        raise IntakeError(f"{origin} is protected by a password ({shown(path)} is encrypted); pack it again without a password")
    # The other methods unpack a piece of any size at once, and no system's own zip tool uses them.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise IntakeError(
            f"{shown(path)} in {origin} is compressed by method {entry.compress_type}; "
            f"pack it again with the zip tool of your system (method 'deflate')"
        )


def _read_tar(stream: BinaryIO, origin: str, *, is_packed: bool) -> Collected:
    """Go through the archive twice: a virtual environment is known only when all names are."""
    size_bytes = os.fstat(stream.fileno()).st_size
    names = [safe_place(member.name, origin=origin).path for member in _members(stream, origin, is_packed=is_packed)]
    collector = Collector(origin, environments=environments_among(names), packed_bytes=size_bytes)
    for member in _members(stream, origin, is_packed=is_packed):
        _take_member(collector, member, origin)
    return collector.collected()


def _members(stream: BinaryIO, origin: str, *, is_packed: bool) -> Iterator[TarMember]:
    stream.seek(0)
    if not is_packed:
        yield from tar_members(stream, origin=origin)
        return
    with gzip.GzipFile(fileobj=stream, mode="rb") as unpacked:
        yield from tar_members(unpacked, origin=origin)


def _take_member(collector: Collector, member: TarMember, origin: str) -> None:
    place = safe_place(member.name, origin=origin)
    if member.hard_link and not place.is_folder:
        # Where two names share one file on the packer's disk, tar packs its content only once.
        content = collector.taken(posixpath.normpath(member.hard_link))
        if content is not None:
            if collector.admits(place, EntryKind.FILE):
                collector.take(place, io.BytesIO(content))
            return
    if collector.admits(place, member.kind):
        collector.take(place, member.content)
