"""Opens a submission: a path to a file, folder or archive becomes a Submission; nothing of it is run or unpacked."""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path

from grader.errors import IntakeError
from grader.intake.archives import read_archive
from grader.intake.choosing import choose_main
from grader.intake.collecting import Collected
from grader.intake.folders import read_file, read_folder
from grader.intake.paths import listed, printable, shown
from grader.model import Cell, SourceFile, Submission

MAX_SOURCE_BYTES = 10**6  # of one .py or one code cell; parsing may take 800 times as much memory
MAX_SOURCES_BYTES = 3 * 10**6  # of all of them together; a rule on them may take 7 s and 450 MB for each megabyte

_SOURCES = (".py", ".ipynb")
_ARCHIVES = (".tar.gz", ".tgz", ".tar", ".zip")  # the longest first


def open_submission(path: Path, *, slug: str, names: tuple[str, ...]) -> Submission:
    """Return what was handed in at this path for the assignment that asks for these names.

    Raises: IntakeError when it cannot be opened; the message says why and what the student should do.
    """
    full = Path(os.path.abspath(path))  # "." has no name of its own; links are not resolved
    origin = shown(full.name) or "the top folder"
    try:
        mode = full.lstat().st_mode
        collected = _collected(full, mode, origin)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise IntakeError(f"{origin} cannot be read ({shown(reason)}); check the path and hand it in again") from error
    choice = choose_main(collected.files, slug=slug, names=names, origin=origin)
    files, left_out = _beside(collected.files, choice.path)
    _hold_source_size(files, choice.cells or ())
    return Submission(
        id=submission_id(full.name, is_folder=stat.S_ISDIR(mode)),
        files=files,
        main=posixpath.basename(choice.path),
        cells=choice.cells,
        digest=digest_of(files),
        repairs=(*collected.repairs, *choice.repairs, *left_out),
    )


def submission_id(name: str, *, is_folder: bool) -> str:
    """Return the name without its extension, safe to be used as the name of a folder."""
    extensions = () if is_folder else (*_ARCHIVES, *_SOURCES)
    ending = next((extension for extension in extensions if name.lower().endswith(extension)), "")
    stem = printable(name[: len(name) - len(ending)]).replace("\\", "_")
    return stem if stem.strip(". ") else "submission"


def _collected(path: Path, mode: int, origin: str) -> Collected:
    """Read everything that lies at the path; its kind is told by what it is, then by its extension."""
    if stat.S_ISLNK(mode):
        raise IntakeError(f"{origin} is a symbolic link, which is not followed; give the file or folder itself")
    if stat.S_ISDIR(mode):
        return read_folder(path, name=origin)
    if not stat.S_ISREG(mode):
        raise IntakeError(f"{origin} is neither a file nor a folder; give a .py, a .ipynb, a folder or an archive")
    name = path.name.lower()
    if name.endswith(_ARCHIVES):
        return read_archive(path)
    if name.endswith(_SOURCES):
        return read_file(path)
    raise IntakeError(f"{origin} is not of a kind that can be graded; hand in a .py, a .ipynb, a folder, a .zip or a .tar.gz")


def _beside(files: Sequence[SourceFile], main: str) -> tuple[tuple[SourceFile, ...], tuple[str, ...]]:
    """Return the files in and below the main file's folder, named from there, and a note on the others."""
    prefix = main[: main.rfind("/") + 1]
    kept = tuple(
        SourceFile(path=file.path.removeprefix(prefix), content=file.content) for file in files if file.path.startswith(prefix)
    )
    others = [file.path for file in files if not file.path.startswith(prefix)]
    if not others:
        return kept, ()
    return kept, (f"Files outside the folder of {shown(main)} were left out: {listed(others)}.",)


def _hold_source_size(files: Iterable[SourceFile], cells: Iterable[Cell]) -> None:
    modules = ((file.path, len(file.content)) for file in files if file.path.lower().endswith(".py"))
    code = (cell.source for cell in cells if cell.kind == "code")
    numbered = ((f"code cell {number}", len(source.encode())) for number, source in enumerate(code, start=1))
    total_bytes = 0
    for name, size_bytes in chain(modules, numbered):
        if size_bytes > MAX_SOURCE_BYTES:
            raise IntakeError(
                f"{shown(name)} has {size_bytes:,} bytes of Python and the limit is {MAX_SOURCE_BYTES:,}; "
                f"put data into a file of its own and hand it in again"
            )
        total_bytes += size_bytes
        if total_bytes > MAX_SOURCES_BYTES:
            raise IntakeError(
                f"the files and cells have together more than {MAX_SOURCES_BYTES:,} bytes of Python, which is the limit; "
                f"leave out libraries and hand it in again"
            )


def digest_of(files: Iterable[SourceFile]) -> str:
    """Return the hash of the files' paths, lengths and bytes; how they were packed does not matter."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        for part in (file.path.encode(), file.content):
            digest.update(len(part).to_bytes(8))
            digest.update(part)
    return f"sha256:{digest.hexdigest()}"
