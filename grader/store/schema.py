"""What the file holds: tables, step by step as versions of the grader brought them. A step that was released never changes."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from grader import __version__
from grader.store.clock import now
from grader.store.failing import StoreError

APPLICATION_ID = 0x67726472  # "grdr", in the header of the file: it is ours

_REPORT = """
    stamp TEXT NOT NULL, setting TEXT NOT NULL, points REAL NOT NULL, out_of REAL NOT NULL, complete INTEGER NOT NULL,
    unreadable TEXT NOT NULL, verdict TEXT NOT NULL, wall_s REAL NOT NULL, at TEXT NOT NULL, result BLOB NOT NULL
"""
# Text columns may hold bytes too, see `packing.bound`; so none of the tables is STRICT.
_FIRST = (
    # Which grader brought the file to which version. No later version may drop it: older graders read it.
    "CREATE TABLE written_by (version INTEGER PRIMARY KEY, grader TEXT NOT NULL, at TEXT NOT NULL)",
    # place: in the order of the ids, so that reading on needs no sorting
    "CREATE TABLE roll (place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, stamp TEXT NOT NULL, entry TEXT NOT NULL)",
    "CREATE TABLE settings (key TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID",
    f"CREATE TABLE reports (id TEXT PRIMARY KEY, kept_for TEXT NOT NULL DEFAULT '[]', {_REPORT})",
    f"CREATE TABLE proposals (id TEXT PRIMARY KEY REFERENCES reports (id) ON DELETE CASCADE, {_REPORT})",
    "CREATE TABLE tries (id TEXT PRIMARY KEY, stamp TEXT NOT NULL, tries INTEGER NOT NULL) WITHOUT ROWID",
    # What checks found. `answers` names each by the number of its function and key.
    "CREATE TABLE checks (number INTEGER PRIMARY KEY, function TEXT NOT NULL, key TEXT NOT NULL, UNIQUE (function, key))",
    "CREATE TABLE works (stamp TEXT PRIMARY KEY, answers BLOB NOT NULL)",
    """CREATE TABLE audit (
        number INTEGER PRIMARY KEY, at TEXT NOT NULL, id TEXT NOT NULL, what TEXT NOT NULL,
        points_before REAL, points_after REAL, proposed REAL, out_of REAL,
        who TEXT NOT NULL, why TEXT NOT NULL, setting_before TEXT NOT NULL, setting_after TEXT NOT NULL
    )""",
    """CREATE TABLE runs (
        number INTEGER PRIMARY KEY, command TEXT NOT NULL, jobs INTEGER NOT NULL, who TEXT NOT NULL,
        started TEXT NOT NULL, ended TEXT NOT NULL DEFAULT '', how TEXT NOT NULL DEFAULT ''
    )""",
)
_PAGES = (
    "ALTER TABLE reports ADD COLUMN has_page INTEGER NOT NULL DEFAULT 0",  # whether the page shows this very report
    "CREATE INDEX audit_by_id ON audit (id)",
)
_NEWEST = "SELECT grader FROM written_by ORDER BY version DESC LIMIT 1"
STEPS: tuple[tuple[str, ...], ...] = (_FIRST, _PAGES)


def refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError for a file that is not ours or is newer than we are; change nothing."""
    connection.execute("BEGIN")  # all that is read is of one moment: another process may be making the file
    try:
        version = _number(connection, "user_version")
        is_ours = _number(connection, "application_id") == APPLICATION_ID
        is_empty = version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        newest = connection.execute(_NEWEST).fetchone()[0] if is_ours and version > len(STEPS) else None
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
    if not is_ours and not is_empty:
        raise StoreError(f"{path} is a database of another program; move it away or choose another folder")
    if newest is not None:
        raise StoreError(
            f"{path} was written by grader {newest} (format {version}), and this is grader {__version__}, which reads "
            f"formats up to {len(STEPS)}; use grader {newest} or a newer one, or choose another folder"
        )


def migrate(connection: sqlite3.Connection, steps: Sequence[Sequence[str]] = STEPS) -> None:
    """Bring the file to the newest version: each step is one transaction, and none runs twice."""
    while (version := _number(connection, "user_version")) < len(steps):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _number(connection, "user_version") == version:  # nobody was faster
                for statement in steps[version]:
                    connection.execute(statement)
                connection.execute("INSERT INTO written_by VALUES (?, ?, ?)", (version + 1, __version__, now()))
                connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    number: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return number
