"""Feeds the intake with hand-ins of strangers, led by coverage: `python fuzz/fuzz_intake.py -max_total_time=900`.

The first byte of an input says what it is handed in as, the others are the file (for a folder: a tar of what lies in it). It
must give a Submission that keeps its promises, twice the same, or an IntakeError that can be shown.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from random import Random

import atheris

with atheris.instrument_imports(include=["grader", "gzip", "json", "zipfile"]):
    from grader.errors import IntakeError
    from grader.intake.collecting import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES
    from grader.intake.opening import digest_of, open_submission
    from grader.intake.paths import MAX_COMPONENT_BYTES, MAX_PATH_BYTES, is_ignored, printable
    from grader.intake.source import source_modules
    from grader.model import SourceFile, Submission
from hand_ins import KINDS, mutated, seeds
from packing import ZipEntry, tar_entries, zip_bytes
from watching import Broken, Watch, arguments, limit_memory, refused

SLUG = "conv_nets"
NAMES = ("conv2d", "sgd_step", "SimpleCNN")
MAX_INPUT_BYTES = 32_768
SPARE_BYTES = 600 * 2**20
MAX_MESSAGE_CHARACTERS = 1_000
SOURCES_CPU_S = 8.0  # IPython reads a cell anew for each magic: 3 s for the most that the intake lets it read

_FOLDER = Path(tempfile.mkdtemp(prefix="fuzz-intake-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
_LIBRARY = os.path.realpath(os.path.dirname(os.__file__))
_WATCH = Watch(
    may_read=(os.fspath(_FOLDER), _LIBRARY),
    may_import=("encodings.", "_codecs_", "_multibytecodec", "codecs", "binascii", "bz2", "zlib", "quopri", "stringprep"),
)


def mutate(data: bytes, max_size: int, seed: int) -> bytes:
    """Change a hand-in as what it is: an archive's entries, a notebook's cells, a module's lines; or only its bytes."""
    random = Random(seed)
    if not data or random.random() < 0.1:
        return atheris.Mutate(data, max_size)
    kind = random.randrange(len(KINDS)) if random.random() < 0.01 else data[0] % len(KINDS)
    try:
        changed = mutated(kind, data[1:], random, atheris.Mutate)
    except (RecursionError, ValueError, TypeError):  # nested too deeply to be written, for example
        return atheris.Mutate(data, max_size)
    return (bytes((kind,)) + changed)[:max_size]


def test_one_input(data: bytes) -> None:
    """Open a hand-in twice, hold the promises, and open once more what came out."""
    if not data:
        return
    path = _placed(KINDS[data[0] % len(KINDS)], data[1:])
    submission = _opened_twice(path)
    if submission is None:
        return
    _hold_submission(submission)
    _hold_sources(submission)
    _hold_packing(submission)


def _placed(suffix: str, content: bytes) -> Path:
    path = _FOLDER / f"{SLUG}{suffix}"
    if suffix:
        path.write_bytes(content)
        return path
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir()
    for entry in tar_entries(content):
        name = entry.name.decode("utf-8", "surrogateescape")
        if not name.startswith("/") and ".." not in name.split("/"):
            refused(lambda at=path / name, entry=entry: _laid(at, entry.kind, entry.data, entry.link), OSError, ValueError)
    return path


def _laid(at: Path, kind: bytes, data: bytes, link: bytes) -> None:
    """Put what a tar's entry says into a folder; what the file system refuses is left out."""
    if not os.path.realpath(at.parent).startswith(os.fspath(_FOLDER)):  # through a link that an earlier entry made
        return
    at.parent.mkdir(parents=True, exist_ok=True)
    if kind == b"5":
        at.mkdir()
    elif kind == b"2":
        at.symlink_to(os.fsdecode(link))
    elif kind == b"6":
        os.mkfifo(at)
    elif not os.path.lexists(at):  # a pipe would wait for a reader
        at.write_bytes(data)


def _opened_twice(path: Path) -> Submission | None:
    results = []
    for _ in range(2):
        with _WATCH():
            results.append(refused(lambda: open_submission(path, slug=SLUG, names=NAMES), IntakeError))
    (submission, error), (again, other_error) = results
    if submission != again or str(error) != str(other_error):
        raise Broken(f"it was opened differently: {results!r:.500}")
    if isinstance(submission, Submission):
        return submission
    _hold_message(str(error))
    return None


def _hold(claim: str, is_true: bool, what: object) -> None:
    if not is_true:
        raise Broken(f"broken: {claim}: {what!r:.500}")


def _hold_message(message: str) -> None:
    _hold("a message can be shown", printable(message) == message, message)
    _hold("a message says something, and not too much", 0 < len(message) <= MAX_MESSAGE_CHARACTERS, message)


def _hold_submission(submission: Submission) -> None:
    files = submission.files
    paths = [file.path for file in files]
    for file in files:
        _hold_file(file)
    _hold("paths are sorted, each there once", paths == sorted(set(paths)), paths)
    _hold("no file is a folder too", not any(other.startswith(f"{path}/") for path in paths for other in paths), paths)
    _hold("the number of files is limited", len(files) <= MAX_FILES, len(files))
    _hold("the size of all files is limited", sum(len(file.content) for file in files) <= MAX_TOTAL_BYTES, paths)
    _hold("the main file is there, at the top", submission.main in paths and "/" not in submission.main, submission.main)
    _hold("the digest is that of the files", submission.digest == digest_of(reversed(files)), submission.digest)
    name = submission.id
    _hold("the id is the name of a folder", bool(name.strip(". ")) and "/" not in name and printable(name) == name, name)
    for sentence in submission.repairs:
        _hold_message(sentence)
    for cell in submission.cells or ():
        _hold("a cell has a kind", cell.kind in ("code", "markdown", "raw"), cell.kind)
        for text in (cell.source, *cell.tags):
            _hold("a cell's text is text", "\0" not in text and text == text.encode("utf-8", "replace").decode(), text)


def _hold_file(file: SourceFile) -> None:
    path, parts = file.path, file.path.split("/")
    _hold("a path is relative and stays inside", not {"", ".", ".."} & set(parts), path)
    _hold("a path has no backslash and no drive", "\\" not in path and not PureWindowsPath(path).drive, path)
    _hold("a path can be printed", printable(path) == path, path)
    sizes = [len(part.encode()) for part in parts]
    _hold("a name is not too long", max(sizes) <= MAX_COMPONENT_BYTES and len(path.encode()) <= MAX_PATH_BYTES, path)
    _hold("the size of a file is limited", len(file.content) <= MAX_FILE_BYTES, path)


def _hold_sources(submission: Submission) -> None:
    with _WATCH(cpu_s=SOURCES_CPU_S):
        texts = source_modules(submission)
    for text in texts:
        _hold("a text has a name and a module", bool(text.name and text.module), text)


def _hold_packing(submission: Submission) -> None:
    """What was opened can be packed and opened again, and where the same file is chosen the digest is the same.

    Where a name was mended, it may now look like a leftover of a tool ("._a"), and such are left out.
    """
    path = _FOLDER / "again.zip"
    path.write_bytes(zip_bytes([ZipEntry(name=file.path.encode(), data=file.content, flags=0x800) for file in submission.files]))
    again = _opened_twice(path)
    is_mended = any(is_ignored(file.path, ()) for file in submission.files)
    if again is not None and again.main == submission.main and not is_mended:
        _hold("the digest does not depend on packing", again.digest == submission.digest, again.repairs)


def _warm_up() -> None:
    """Run every seed once without a word: what is imported late is imported now."""
    for seed in seeds():
        refused(_runner(seed), Broken)


def _runner(data: bytes) -> Callable[[], object]:
    return lambda: test_one_input(data)


def main() -> None:
    """Warm everything up that imports late, then fuzz."""
    _warm_up()
    limit_memory(SPARE_BYTES)
    options = arguments(seeds(), f"-max_len={MAX_INPUT_BYTES}", "-timeout=30", "-rss_limit_mb=4096")
    atheris.Setup(options, test_one_input, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
