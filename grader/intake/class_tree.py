"""The names in the archive of a class as a tree, made safe before anything is unpacked.

What cannot be kept apart from the others by its name, or is no plain file, is noted with the folder that it belongs to, so that
it costs one student and not the class.
"""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass
from itertools import takewhile

from grader.errors import IntakeError
from grader.intake.class_listing import Item
from grader.intake.collecting import EntryKind
from grader.intake.paths import Place, safe_place, shown

MAX_ENTRIES = 500_000  # of a class
MAX_LEVELS = 10  # of folders that are looked at one by one; files below them are known by their whole path
MAX_NAMES = 2_000_000  # of those files and of the folders around them

_RAW_CHARACTERS = 2_000  # of an unsafe name that are looked at
_BREAKS = re.compile(r"\.\.|[A-Za-z]:.*|.*\0.*", re.DOTALL)  # a part of a path that makes it unsafe


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """Something in the archive that is not unpacked, and the nearest folder or file that it can belong to."""

    owner: str  # "" where it can belong to nobody else
    raw: str  # its name as it is stored
    problem: str


class Tree:
    """The names of an archive."""

    def __init__(self, origin: str):
        """Start empty; `origin` is the archive's name in messages."""
        self._origin = origin
        self._kinds: dict[str, EntryKind] = {}
        self._children: dict[str, list[str]] = {"": []}
        self._files: list[str] = []
        self._entries = 0
        self.flaws: list[Flaw] = []
        self.links: list[str] = []
        self.twice: list[str] = []
        self._seen: set[str] = set()

    def add(self, raw: str, kind: EntryKind) -> str:
        """Take in one entry; return the path of a file that can be unpacked, else ""."""
        self._entries += 1
        self._hold(self._entries, MAX_ENTRIES)
        place = self._placed(raw)
        if place is None or not place.path:
            return ""
        kind = EntryKind.FOLDER if place.is_folder and kind is not EntryKind.LINK else kind
        return self._put(place.path, raw, kind)

    def _hold(self, count: int, limit: int) -> None:
        if count > limit:
            raise IntakeError(
                f"{self._origin} holds more than {limit:,} files and folders; unpack it and give the folder instead"
            )

    def _placed(self, raw: str) -> Place | None:
        try:
            return safe_place(raw, origin=self._origin)
        except IntakeError as error:
            if not raw.endswith(("/", "\\")):  # the name of a folder alone loses nothing
                owner = _owner(raw)
                self.flaws.append(Flaw(owner=owner, raw=raw[:200], problem=str(error)))
                if owner and owner not in self._kinds:
                    self._note_parts(owner, EntryKind.FOLDER)
            return None

    def _put(self, path: str, raw: str, kind: EntryKind) -> str:
        if kind is EntryKind.FILE:
            self._files += [path] if path not in self._seen else []
            self.twice += [path] if path in self._seen else []
            self._seen.add(path)
        elif kind is EntryKind.LINK:
            self.links.append(path)
        elif kind is EntryKind.OTHER:
            problem = f"{self._origin} holds {shown(path)}, which is {kind} (a device or a named pipe, for example); leave it out"
            self.flaws.append(Flaw(owner=path, raw=raw[:200], problem=problem))
        self._note_parts(path, kind)
        return path if kind is EntryKind.FILE else ""

    def _note_parts(self, path: str, kind: EntryKind) -> None:
        """Note the folders around a path; one that is a file too counts as a folder."""
        parts = path.split("/", MAX_LEVELS)
        if len(parts) > MAX_LEVELS:
            parts, kind = parts[:MAX_LEVELS], EntryKind.FOLDER
        folder = ""
        for level, part in enumerate(parts, start=1):
            inner = f"{folder}/{part}" if folder else part
            self._note(folder, inner, kind if level == len(parts) else EntryKind.FOLDER)
            folder = inner

    def _note(self, folder: str, path: str, kind: EntryKind) -> None:
        if path not in self._kinds:
            self._children.setdefault(folder, []).append(path)
            self._kinds[path] = kind
            self._hold(len(self._kinds), MAX_NAMES)
        elif kind is EntryKind.FOLDER:
            self._kinds[path] = kind

    def children(self, folder: str) -> tuple[Item, ...]:
        """Return what lies in a folder, sorted by path."""
        return tuple(Item(path=path, kind=self._kinds[path]) for path in sorted(self._children.get(folder, ())))

    def kind(self, path: str) -> EntryKind | None:
        """Return what lies at a path, None for nothing."""
        return self._kinds.get(path)

    def close(self) -> None:
        """Take in no more: files in whose place others need a folder are left out, and the rest is sorted."""
        self._files.sort()
        after = (bisect.bisect_left(self._files, f"{path}/") for path in self._files)
        nested = [
            path
            for path, at in zip(self._files, after, strict=True)
            if at < len(self._files) and self._files[at].startswith(f"{path}/")
        ]
        for path in nested:
            self.flaws.append(Flaw(owner=path, raw=path, problem=_both(path, self._origin)))
        left_out = set(nested)
        self._files = [path for path in self._files if path not in left_out]

    def below(self, folder: str) -> list[str]:
        """Return the paths of all files below a folder, sorted."""
        start = bisect.bisect_left(self._files, f"{folder}/")
        return self._files[start : bisect.bisect_left(self._files, f"{folder}0")]  # "0" comes next after "/"

    def has_file(self, path: str) -> bool:
        """Tell whether a plain file lies at the path."""
        return path in self._seen


def _both(path: str, origin: str) -> str:
    return f"{origin} holds {shown(path)} both as a file and as a folder; pack the work again with an ordinary tool"


def _owner(raw: str) -> str:
    """Return the path before the part that makes a name unsafe."""
    slashed = raw[:_RAW_CHARACTERS].replace("\\", "/")
    if slashed.startswith("/"):
        return ""
    parts = [part for part in slashed.split("/") if part not in ("", ".")][: MAX_LEVELS + 1]
    safe = list(takewhile(lambda part: not _BREAKS.fullmatch(part), parts))
    return "/".join(safe if len(safe) < len(parts) else safe[:-1])
