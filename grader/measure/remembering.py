"""Remembers figures that are dear to compute: shipped in a table, else noted in the user's cache folder, else computed.

A figure is known by its `Origin`, all that decides it: which libraries, which code, and what was measured. A table or a note
of another origin is none. Notes are small files of their own, replaced as a whole, so that judges side by side never read half
of one; what is broken is computed again. A cache that cannot be written costs time and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

SCHEMA = "grader/figures/v1"
MAX_NOTE_BYTES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """All that decides a figure."""

    libraries: str  # "torch 2.15.0, torchvision 0.29.2"
    code: str  # digest of the files that compute it
    name: str  # of what was measured


def code_digest(paths: Sequence[Path]) -> str:
    """Return a digest of some source files, the same on every system."""
    digest = hashlib.sha256()
    for path in paths:
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return "sha256:" + digest.hexdigest()


def releases(*names: str) -> str:
    """Return the installed releases of some libraries, in words: "torch 2.15.0, torchvision 0.29.0"."""
    return ", ".join(f"{name} {version(name).partition('+')[0]}" for name in names)


def remembered(origin: Origin, compute: Callable[[], int], *, table: Path | None = None, folder: Path | None = None) -> int:
    """Return a figure from a table, else from a note in the cache `folder` (None: the user's), else computed and noted."""
    shipped = shipped_figures(table, origin).get(origin.name) if table is not None else None
    if shipped is not None:
        return shipped
    folder = folder or cache_folder()
    path = folder / f"{_digest_of(origin)}.json" if folder is not None else None
    noted = _read_note(path, origin) if path is not None else None
    if noted is not None:
        return noted
    value = compute()
    if path is not None:
        with contextlib.suppress(OSError):  # a full disk or a home that is read-only must not stop a grading
            _write_note(path, origin, value)
    return value


def shipped_figures(table: Path, origin: Origin) -> dict[str, int]:
    """Return the figures of a table that come from the same libraries and code, by name; none where it is broken."""
    tables = _read_json(table).get("tables")
    for part in tables if isinstance(tables, list) else []:
        if isinstance(part, dict) and (part.get("libraries"), part.get("code")) == (origin.libraries, origin.code):
            figures = part.get("figures")
            return {name: value for name, value in figures.items() if _is_figure(value)} if isinstance(figures, dict) else {}
    return {}


def table_with(table: Path, origin: Origin, figures: dict[str, int]) -> str:
    """Return the text of a table in which these figures replace those of the same libraries."""
    tables = _read_json(table).get("tables")
    others = [
        part
        for part in (tables if isinstance(tables, list) else [])
        if isinstance(part, dict) and part.get("libraries") != origin.libraries
    ]
    own = {"libraries": origin.libraries, "code": origin.code, "figures": figures}
    parts = sorted([*others, own], key=lambda part: str(part["libraries"]))
    return json.dumps({"schema": SCHEMA, "tables": parts}, indent=1) + "\n"


def cache_folder() -> Path | None:
    """Return the folder of the user's cache in which notes lie, as the system has it; None for a user without a home."""
    named = os.environ.get("LOCALAPPDATA" if sys.platform == "win32" else "XDG_CACHE_HOME", "")
    if sys.platform != "darwin" and os.path.isabs(named):
        return Path(named) / "grader" / "figures"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    usual = {"win32": "AppData/Local", "darwin": "Library/Caches"}.get(sys.platform, ".cache")
    return home / usual / "grader" / "figures"


def _digest_of(origin: Origin) -> str:
    return hashlib.sha256(json.dumps(asdict(origin), sort_keys=True).encode()).hexdigest()[:40]


def _read_note(path: Path, origin: Origin) -> int | None:
    note = _read_json(path)
    value = note.get("value")
    return value if note.get("origin") == asdict(origin) and _is_figure(value) else None  # type: ignore[return-value]  # an int


def _read_json(path: Path) -> dict[str, object]:
    """Return what a file holds; {} where it is missing, too long or broken."""
    try:
        if path.stat().st_size > MAX_NOTE_BYTES:
            return {}
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) and data.get("schema") == SCHEMA else {}


def _is_figure(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _write_note(path: Path, origin: Origin, value: int) -> None:
    """Write a note beside its place and put it there in one step; raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=".new-", suffix=".json", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"schema": SCHEMA, "origin": asdict(origin), "value": value}, file)
        os.replace(name, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
