"""The stamp of what was handed in: tells whether the same bytes were graded before, without opening them as a submission."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from grader.errors import IntakeError
from grader.intake.folders import OPEN_FLAGS, entries_of
from grader.intake.paths import is_ignored, shown

PIECE_BYTES = 2**20

_FILE, _FOLDER, _LINK, _OTHER = b"file", b"folder", b"link", b"other"


def stamp_of(path: Path) -> str:
    """Return "sha256:..." over a file's bytes, or over the names and bytes of all files in a folder.

    A file's own name does not count but for its extension, which decides how it is opened. In a folder, links count as what
    they say and are not followed, and what is_ignored() leaves out does not count. Memory does not grow with the sizes.

    Raises: IntakeError when something cannot be read.
    """
    full = Path(os.path.abspath(path))
    name = shown(full.name) or "the top folder"
    digest = hashlib.sha256()
    try:
        mode = full.lstat().st_mode
        if stat.S_ISDIR(mode):
            _add(digest, _FOLDER)
            for relative, entry in entries_of(full, name):
                if not is_ignored(relative, ()):
                    _add(digest, *_parts(Path(entry.path), entry.stat(follow_symlinks=False).st_mode, relative))
        else:
            _add(digest, *_parts(full, mode, full.suffix.lower()))
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IntakeError(f"{name} cannot be read ({shown(reason)}); check who may read it and run the command again") from error
    return f"sha256:{digest.hexdigest()}"


def _parts(path: Path, mode: int, name: str) -> tuple[bytes, bytes, bytes]:
    """Return the kind, the name and the content of one thing."""
    encoded = name.encode("utf-8", "surrogateescape")
    if stat.S_ISLNK(mode):
        return _LINK, encoded, os.fsencode(os.readlink(path))
    if not stat.S_ISREG(mode):
        return _OTHER, encoded, b""
    with open(os.open(path, OPEN_FLAGS), "rb", buffering=0) as stream:
        content = hashlib.sha256()
        while piece := stream.read(PIECE_BYTES):
            content.update(piece)
    return _FILE, encoded, content.digest()


def _add(digest: hashlib._Hash, *parts: bytes) -> None:
    """Add parts so that no other parts give the same bytes."""
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
