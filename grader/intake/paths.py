"""Names inside a submission: what is safe, what is ignored, what is written differently. Knows no file system."""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.errors import IntakeError

MAX_COMPONENT_BYTES = 200  # of one file's or folder's name
MAX_PATH_BYTES = 1_000  # of a whole relative path
MAX_RAW_CHARACTERS = 2_048  # of a name as it is stored, ignored entries included
SHOWN_CHARACTERS = 80  # of a name inside a message
SHOWN_NAMES = 3  # of a list of names inside a message

_DRIVE = re.compile(r"(?:^|/)[A-Za-z]:")  # anywhere: the files below the main file's folder are named from there
# Controls, invisible format characters (right-to-left marks among them), surrogates, line and paragraph separators.
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_IGNORED_FOLDER = re.compile(r"(?:^|/)(?:\.[^/]*|__MACOSX|__pycache__)/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry of a folder or an archive lies; `path` is relative, with forward slashes, "" for the top."""

    path: str
    is_folder: bool


def safe_place(raw: str, *, origin: str) -> Place:
    """Return where an entry with this name lies.

    Backslashes count as slashes, because archives made on Windows have them.

    Raises: IntakeError when the name leads out of the submission.
    """
    if len(raw) > MAX_RAW_CHARACTERS:
        raise _unsafe(raw[:MAX_RAW_CHARACTERS], origin, f"has {len(raw):,} characters")
    slashed = raw.replace("\\", "/")
    parts = [part for part in slashed.split("/") if part not in ("", ".")]
    if "\0" in slashed:
        raise _unsafe(raw, origin, "holds a NUL character")
    if slashed.startswith("/"):
        raise _unsafe(raw, origin, "is an absolute path")
    if _DRIVE.search(slashed):
        raise _unsafe(raw, origin, "holds a drive letter")
    if ".." in parts:
        raise _unsafe(raw, origin, "leads out of its folder by '..'")
    is_folder = slashed.endswith("/") or (bool(slashed) and not parts)
    if not parts and not is_folder:
        raise _unsafe(raw, origin, "is empty")
    return Place(path="/".join(parts), is_folder=is_folder)


def _unsafe(raw: str, origin: str, problem: str) -> IntakeError:
    return IntakeError(
        f"{origin} holds an entry whose name {problem}: '{shown(raw)}'; "
        f"pack the folder with your work again with an ordinary tool and hand that in"
    )


def storable_path(path: str, *, origin: str) -> str:
    """Return the path with unprintable characters replaced by "_".

    Raises: IntakeError when it is longer than file systems take.
    """
    stored = printable(path)
    longest = max(stored.split("/"), key=_size)
    if _size(longest) > MAX_COMPONENT_BYTES:
        raise IntakeError(
            f"{origin} holds a file or folder with a name of {_size(longest)} bytes ('{shown(longest)}') and the "
            f"limit is {MAX_COMPONENT_BYTES}; give it a shorter name and hand it in again"
        )
    if _size(stored) > MAX_PATH_BYTES:
        raise IntakeError(
            f"{origin} holds a path of {_size(stored)} bytes ('{shown(stored)}') and the limit is {MAX_PATH_BYTES}; "
            f"use fewer folders inside each other and hand it in again"
        )
    return stored


def _size(name: str) -> int:
    return len(name.encode())


def printable(name: str) -> str:
    """Return the name with control characters, direction marks and broken characters replaced by "_"."""
    if name.isascii() and name.isprintable():
        return name
    return "".join("_" if unicodedata.category(character) in _UNPRINTABLE else character for character in name)


def shown(name: str) -> str:
    """Return the name as a message may show it: printable and not too long."""
    clean = printable(name)
    return clean if len(clean) <= SHOWN_CHARACTERS else clean[: SHOWN_CHARACTERS - 1] + "…"


def listed(names: Iterable[str]) -> str:
    """Return the first few names of a list and the number of the others."""
    everything = list(names)
    text = ", ".join(shown(name) for name in everything[:SHOWN_NAMES])
    others = len(everything) - SHOWN_NAMES
    return f"{text} and {others} more" if others > 0 else text


def is_ignored(path: str, environments: Sequence[str]) -> bool:
    """Tell whether a file is a leftover of a tool: a cache, a checkpoint, a hidden folder, a virtual environment.

    `environments` come from environments_among().
    """
    if _IGNORED_FOLDER.search(path):
        return True
    name = path.rpartition("/")[2]
    if name.startswith("._") or name == ".DS_Store" or name.endswith(".pyc"):
        return True
    before = bisect.bisect_right(environments, path)
    return before > 0 and path.startswith(environments[before - 1])


def is_ignored_folder(name: str) -> bool:
    """Tell whether nothing in a folder of this name belongs to the student's work."""
    return _IGNORED_FOLDER.match(f"{name}/") is not None


def environments_among(paths: Iterable[str]) -> tuple[str, ...]:
    """Return the folders that are virtual environments, sorted, with a slash; the top folder never is one.

    Those inside others are left out: of the rest, only the last one that is not behind a path can hold it.
    """
    marker = "pyvenv.cfg"
    found: list[str] = []
    for folder in sorted(path.removesuffix(marker) for path in paths if path.endswith(f"/{marker}")):
        if not found or not folder.startswith(found[-1]):
            found.append(folder)
    return tuple(found)
