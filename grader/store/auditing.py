"""The trail: who changed whose points, when and why. It is only ever added to."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import fields

from grader.store.database import Database
from grader.store.packing import bound, unbound
from grader.store.records import AuditEntry

_PAGE = 500
_NAMES = tuple(field.name for field in fields(AuditEntry))
_COLUMNS = ", ".join(_NAMES)
_INSERT = f"INSERT INTO audit ({_COLUMNS}) VALUES ({', '.join('?' * len(_NAMES))})"
_OF_ALL = f"SELECT number, {_COLUMNS} FROM audit WHERE number > ? ORDER BY number LIMIT ?"
_OF_ONE = f"SELECT number, {_COLUMNS} FROM audit WHERE id IN (?, '') AND number > ? ORDER BY number LIMIT ?"


def note(connection: sqlite3.Connection, entry: AuditEntry) -> None:
    """Add an entry."""
    values = (getattr(entry, name) for name in _NAMES)
    connection.execute(_INSERT, tuple(bound(value) if isinstance(value, str) else value for value in values))


def trail(database: Database, id: str | None) -> Iterator[AuditEntry]:
    """Yield the entries, oldest first: of everybody, or those that concern one."""
    if id is None:
        return database.pages(_OF_ALL, size=_PAGE, read=_read)
    return database.pages(_OF_ONE, bound(id), size=_PAGE, read=_read)


def _read(*values: str | bytes | float | None) -> AuditEntry:
    texts = (unbound(value) if isinstance(value, str | bytes) else value for value in values)
    return AuditEntry(**dict(zip(_NAMES, texts, strict=True)))  # type: ignore[arg-type]  # the columns are its fields
