"""Takes the files of one submission into memory, within limits that are held while reading, whatever headers claim."""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from grader.errors import IntakeError
from grader.intake.paths import Place, is_ignored, listed, shown, storable_path
from grader.model import SourceFile

MAX_TOTAL_BYTES = 200 * 10**6  # of all files of a submission, unpacked
MAX_FILE_BYTES = 50 * 10**6  # of one file, unpacked
MAX_FILES = 2_000  # that are kept
MAX_ENTRIES = 50_000  # files, folders and links, ignored ones included
MAX_RATIO = 200  # of unpacked to packed bytes; a notebook packs 10 times smaller, a bomb 1,000 times
FREE_BYTES = 20 * 10**6  # up to which the ratio does not matter
CHUNK_BYTES = 64 * 2**10


class EntryKind(StrEnum):
    """What an entry of a folder or an archive is."""

    FILE = "file"
    FOLDER = "folder"
    LINK = "link"
    OTHER = "neither file nor folder"  # a device, a named pipe, a socket


class Readable(Protocol):
    """Something that gives bytes in pieces."""

    def read(self, size: int, /) -> bytes:
        """Return at most this many bytes, none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """The files of a submission, sorted by path, before one of them is chosen as the main file."""

    files: tuple[SourceFile, ...]
    repairs: tuple[str, ...]


class Collector:
    """Takes one file after the other and keeps count."""

    def __init__(self, origin: str, *, environments: tuple[str, ...] = (), packed_bytes: int | None = None):
        """Start empty; `origin` names the folder or archive in messages, `packed_bytes` is the archive's size."""
        self._origin = origin
        self._environments = environments
        self._packed_bytes = packed_bytes
        self._content: dict[str, bytes] = {}
        self._files = 0
        self._total_bytes = 0
        self._links: list[str] = []
        self._twice: list[str] = []
        self._renamed: list[str] = []

    def admits(self, place: Place, kind: EntryKind) -> bool:
        """Tell whether the entry is a file to take; links are left out and noted.

        Raises: IntakeError for devices and the like.
        """
        if place.is_folder or kind is EntryKind.FOLDER or is_ignored(place.path, self._environments):
            return False
        if kind is EntryKind.OTHER:
            raise IntakeError(
                f"{self._origin} holds '{shown(place.path)}', which is {kind} (a device or a named pipe, for example); "
                f"leave it out and hand it in again"
            )
        if kind is EntryKind.LINK:
            self.leave_out_link(place)
            return False
        return True

    def leave_out_link(self, place: Place) -> None:
        """Note that a link was there and was not followed."""
        self._links.append(place.path)

    def taken(self, path: str) -> bytes | None:
        """Return the content of a file that was taken before, else None."""
        return self._content.get(path)

    def take(self, place: Place, stream: Readable) -> None:
        """Read one file to its end and keep it; a later file of the same name replaces an earlier one.

        Raises: IntakeError as soon as a limit is passed.
        """
        path = storable_path(place.path, origin=self._origin)
        if path != place.path:
            self._renamed.append(path)
        if path in self._content:
            self._twice.append(path)
        self._files += 1
        if self._files > MAX_FILES:
            raise IntakeError(
                f"{self._origin} holds more than {MAX_FILES:,} files; leave out data, libraries and virtual "
                f"environments and hand it in again"
            )
        self._content[path] = self._content_of(path, stream)

    def _content_of(self, path: str, stream: Readable) -> bytes:
        chunks: list[bytes] = []
        size_bytes = 0
        while chunk := stream.read(CHUNK_BYTES):
            size_bytes += len(chunk)
            self._total_bytes += len(chunk)
            self._hold_limits(path, size_bytes)
            chunks.append(chunk)
        return b"".join(chunks)

    def _hold_limits(self, path: str, size_bytes: int) -> None:
        advice = "leave out data and checkpoints and hand it in again"
        if size_bytes > MAX_FILE_BYTES:
            where = "" if path == self._origin else f" in {self._origin}"
            raise IntakeError(f"{shown(path)}{where} is larger than the limit of {MAX_FILE_BYTES / 1e6:.0f} MB; {advice}")
        if self._total_bytes > MAX_TOTAL_BYTES:
            raise IntakeError(
                f"the files of {self._origin} are together larger than the limit of {MAX_TOTAL_BYTES / 1e6:.0f} MB; {advice}"
            )
        if self._packed_bytes is not None and self._total_bytes > max(FREE_BYTES, MAX_RATIO * self._packed_bytes):
            raise IntakeError(
                f"{self._origin} has {self._packed_bytes:,} bytes and unpacks to more than {self._total_bytes:,} "
                f"({MAX_RATIO} times as many are allowed); {advice}"
            )

    def collected(self) -> Collected:
        """Return what was taken, and a sentence for each kind of thing that was mended or left out."""
        nested = self._nested()
        for path in nested:
            del self._content[path]
        return Collected(
            files=tuple(SourceFile(path=path, content=self._content[path]) for path in sorted(self._content)),
            repairs=(
                *_sentence("Links are not followed; left out:", self._links),
                *_sentence("Names that were there more than once; the last of each was kept:", self._twice),
                *_sentence("Characters that cannot be printed became '_' in the names:", self._renamed),
                *_sentence("Names that were both a file and a folder; the file was left out:", nested),
            ),
        )

    def _nested(self) -> list[str]:
        """Return the files in whose place other files need a folder."""
        paths = sorted(self._content)
        # The first path from "a/" on, if any is below "a". To list the folders of all paths took minutes.
        after = [bisect.bisect_left(paths, f"{path}/") for path in paths]
        return [path for path, at in zip(paths, after, strict=True) if at < len(paths) and paths[at].startswith(f"{path}/")]


def _sentence(start: str, paths: list[str]) -> tuple[str, ...]:
    return (f"{start} {listed(sorted(set(paths)))}.",) if paths else ()


def hold_entries(count: int, origin: str) -> None:
    """Raise IntakeError when a folder or archive has more entries than a submission can need."""
    if count > MAX_ENTRIES:
        raise IntakeError(
            f"{origin} holds more than {MAX_ENTRIES:,} files and folders; leave out data, libraries and virtual "
            f"environments and hand it in again"
        )
