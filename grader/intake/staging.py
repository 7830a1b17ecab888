"""The folder into which a class is unpacked: made by us, and emptied only if it was."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from grader.errors import IntakeError

MARK = ".made-by-grader"  # no student's id begins with a dot
_WORDS = "This folder was made by the grader and is emptied when a class is opened again. Keep nothing of yours in it.\n"


def emptied(folder: Path) -> Path:
    """Return the folder, made or emptied, with our mark in it.

    Raises: IntakeError when it holds something and is not marked as ours, or cannot be made.
    """
    try:
        _refuse_foreign(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / MARK).write_text(_WORDS, encoding="utf-8")
        with os.scandir(folder) as entries:
            for entry in entries:
                _remove(entry)
    except OSError as error:
        raise IntakeError(
            f"{folder} cannot be made or emptied ({error.strerror or error}); check who may write there, or choose another folder"
        ) from error
    return Path(os.path.realpath(folder))


def _refuse_foreign(folder: Path) -> None:
    if not os.path.lexists(folder):
        return
    mode = folder.lstat().st_mode
    if not stat.S_ISDIR(mode):
        raise IntakeError(f"{folder} is not a folder, and the class is to be unpacked there; remove it or choose another folder")
    mark = folder / MARK
    is_ours = os.path.lexists(mark) and stat.S_ISREG(mark.lstat().st_mode)
    if not is_ours and any(folder.iterdir()):
        raise IntakeError(
            f"{folder} holds files that the grader did not make, and the class is to be unpacked there; "
            f"move them away or choose another folder"
        )


def _remove(entry: os.DirEntry[str]) -> None:
    """Remove one thing in the folder; a link is removed, not followed."""
    if entry.name == MARK:
        return
    if entry.is_dir(follow_symlinks=False) and not entry.is_symlink():
        shutil.rmtree(entry.path)
    else:
        os.unlink(entry.path)
