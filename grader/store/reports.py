"""Rows of accepted and proposed reports: how they are written, compared and read."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any

from grader.model import Entry, Verdict
from grader.store.clock import now
from grader.store.failing import StoreError
from grader.store.headlines import headline_of
from grader.store.outcomes import entry_from
from grader.store.packing import bound, json_text, json_value, packed, unbound, unpacked
from grader.store.records import Header, Proposal, Stored

COLUMNS = "stamp, setting, points, out_of, complete, unreadable, verdict, wall_s, at, result"
HEADER = "reports.stamp, setting, kept_for, points, out_of, complete, unreadable, verdict, wall_s, at"

_NAMES = COLUMNS.split(", ")
_UPDATES = ", ".join(f"{name} = excluded.{name}" for name in _NAMES)
_ACCEPT = f"""
    INSERT INTO reports (id, {COLUMNS}) VALUES (?, {", ".join("?" * len(_NAMES))})
    ON CONFLICT (id) DO UPDATE SET {_UPDATES}, kept_for = '[]', has_page = 0
"""
_PROPOSE = f"INSERT OR REPLACE INTO proposals (id, {COLUMNS}) VALUES (?, {', '.join('?' * len(_NAMES))})"
_TAKE = f"""
    INSERT INTO reports (id, {COLUMNS}) SELECT id, {COLUMNS} FROM proposals WHERE id = ?
    ON CONFLICT (id) DO UPDATE SET {_UPDATES}, kept_for = '[]', has_page = 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What decides whether a report is the same, and what it is worth."""

    stamp: str
    setting: str
    points: float
    out_of: float


def columns_of(stamp: str, setting: str, result: dict[str, Any]) -> tuple[object, ...]:
    """Return the values of COLUMNS; raises ValueError for a number that JSON does not have."""
    points, out_of, complete, unreadable, verdict, wall_s = headline_of(result)
    text = packed(json_text(result))
    return bound(stamp), bound(setting), points, out_of, complete, bound(unreadable), verdict, wall_s, now(), text


def accept_columns(connection: sqlite3.Connection, id: str, columns: tuple[object, ...]) -> None:
    """Make these columns the accepted report."""
    connection.execute(_ACCEPT, (bound(id), *columns))
    connection.execute("DELETE FROM proposals WHERE id = ?", (bound(id),))


def propose_columns(connection: sqlite3.Connection, id: str, columns: tuple[object, ...]) -> None:
    """Let these columns wait."""
    connection.execute(_PROPOSE, (bound(id), *columns))


def accept_proposal(connection: sqlite3.Connection, id: str) -> None:
    """Make what waits the accepted report."""
    connection.execute(_TAKE, (bound(id),))
    connection.execute("DELETE FROM proposals WHERE id = ?", (bound(id),))


def keep_for(connection: sqlite3.Connection, id: str, setting: str) -> None:
    """Let the accepted report stand in another setting too; what waits goes."""
    (kept_for,) = connection.execute("SELECT kept_for FROM reports WHERE id = ?", (bound(id),)).fetchone()
    settings = dict.fromkeys([*json_value(unbound(kept_for)), setting])
    connection.execute("UPDATE reports SET kept_for = ? WHERE id = ?", (bound(json_text(list(settings))), bound(id)))
    connection.execute("DELETE FROM proposals WHERE id = ?", (bound(id),))


def accepted(connection: sqlite3.Connection, id: str) -> Found | None:
    """Return the accepted report, or None."""
    return _found(connection, "reports", id)


def compared(connection: sqlite3.Connection, id: str) -> tuple[Found, Found]:
    """Return the accepted report and what waits to take its place; raises StoreError when nothing waits."""
    before, after = _found(connection, "reports", id), _found(connection, "proposals", id)
    if before is None or after is None:
        raise StoreError(f"no new report of {id} waits to be accepted; it was decided already, or grade it again")
    return before, after


def _found(connection: sqlite3.Connection, table: str, id: str) -> Found | None:
    row = connection.execute(f"SELECT stamp, setting, points, out_of FROM {table} WHERE id = ?", (bound(id),)).fetchone()
    if row is None:
        return None
    return Found(stamp=unbound(row[0]), setting=unbound(row[1]), points=row[2], out_of=row[3])


def read_stored(entry: str | bytes, stamp: str | bytes, tries: int, *header: Any) -> Stored:
    """Make a Stored of an entry, its stamp, its tries and the columns of HEADER, which are None without a report."""
    return Stored(
        entry=entry_from(json_value(unbound(entry))),
        stamp=unbound(stamp),
        report=None if header[0] is None else _read_header(*header),
        tries=tries,
    )


def _read_header(
    stamp: str | bytes,
    setting: str | bytes,
    kept_for: str | bytes,
    points: float,
    out_of: float,
    complete: int,
    unreadable: str | bytes,
    verdict: str,
    wall_s: float,
    at: str,
) -> Header:
    return Header(
        stamp=unbound(stamp),
        setting=unbound(setting),
        kept_for=tuple(json_value(unbound(kept_for))),
        points=points,
        out_of=out_of,
        complete=bool(complete),
        unreadable=unbound(unreadable),
        verdict=Verdict(verdict),
        wall_s=wall_s,
        at=at,
    )


def read_result(entry: str | bytes, result: bytes | None) -> tuple[Entry, dict[str, Any] | None]:
    """Make an entry and its result of their columns."""
    return entry_from(json_value(unbound(entry))), None if result is None else read_json(result)


def read_proposal(
    entry: str | bytes, before: bytes, after: bytes, before_setting: bytes | None, after_setting: bytes | None
) -> Proposal:
    """Make a proposal of its columns."""
    known = entry_from(json_value(unbound(entry)))
    return Proposal(
        id=known.id,
        entry=known,
        before=read_json(before),
        after=read_json(after),
        before_setting=None if before_setting is None else read_json(before_setting),
        after_setting=None if after_setting is None else read_json(after_setting),
    )


def read_json(data: bytes) -> dict[str, Any]:
    """Make a dictionary of a column."""
    value: dict[str, Any] = json_value(unpacked(data))
    return value
