"""Says in words for people what SQLite says in codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import GraderError


class StoreError(GraderError):
    """Results cannot be kept or read; whoever runs the batch must act."""


class BusyError(StoreError):
    """Somebody else is at work in the folder; wait for it or choose another."""


class DamagedRecord(Exception):
    """A record does not hold what was written into it; for this package alone."""


_AGAIN = "what was saved before is safe; then give the same command again"
_DAMAGED = "is damaged or holds no results; move it away or put a copy back, then give the same command again"
_CLOSED = (
    "cannot be opened or written to; check that its folder is there and that you may write to it and to the files beside it, "
    "or choose another folder"
)
_BUSY = f"is being written to by another process that does not let go; wait for it or end it; {_AGAIN}"
_NO_ROOM = f"cannot grow: the disk is full; make room; {_AGAIN}"
_DISK = f"cannot be read or written to: the disk refuses; check the disk and its quota; {_AGAIN}"
_OTHERWISE = "cannot be used; please report this together with the message"
_WORDS = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_FULL: _NO_ROOM,
    sqlite3.SQLITE_IOERR: _DISK,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _CLOSED,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_PERM: _CLOSED,
    sqlite3.SQLITE_AUTH: _CLOSED,
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what goes wrong with the file at `path` into a StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None)  # Python's own complaints have none
        words = _OTHERWISE if code is None else _WORDS.get(code & 0xFF, _OTHERWISE)  # the low byte is the kind
        raise StoreError(f"{path} {words} ({error})") from error
    except DamagedRecord as error:
        raise StoreError(f"{path} {_DAMAGED} ({error})") from error
