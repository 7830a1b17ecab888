"""The store of one batch: who is on the roll, what was graded, what waits to be decided, and the trail of it all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

from grader.model import Asked, Entry
from grader.store import auditing
from grader.store.answers import forget_answers, keep_answers, known_answers
from grader.store.clock import now, who
from grader.store.database import BUSY_S, Database
from grader.store.failing import StoreError
from grader.store.outcomes import plain_entry
from grader.store.packing import bound, json_text, packed, unbound
from grader.store.records import AuditEntry, Proposal, Run, Stored
from grader.store.reports import (
    HEADER,
    Found,
    accept_columns,
    accept_proposal,
    accepted,
    columns_of,
    compared,
    keep_for,
    propose_columns,
    read_json,
    read_proposal,
    read_result,
    read_stored,
)

_MANY, _FEW = 500, 10  # rows in memory: of headers, of whole results

_STORED = f"""
    SELECT place, entry, roll.stamp, COALESCE(tries, 0), {HEADER}
    FROM roll LEFT JOIN reports ON reports.id = roll.id LEFT JOIN tries ON tries.id = roll.id AND tries.stamp = roll.stamp
"""
_RESULTS = "SELECT place, entry, result FROM roll LEFT JOIN reports ON reports.id = roll.id"
_PROPOSALS = """
    SELECT place, entry, reports.result, proposals.result, before.data, after.data
    FROM roll JOIN reports ON reports.id = roll.id JOIN proposals ON proposals.id = roll.id
    LEFT JOIN settings AS before ON before.key = reports.setting LEFT JOIN settings AS after ON after.key = proposals.setting
"""
_RUNS = "SELECT number, number, command, jobs, who, started, ended, how FROM runs WHERE number > ? ORDER BY number LIMIT ?"
_WAITING = "SELECT roll.id FROM roll JOIN proposals ON proposals.id = roll.id AND proposals.stamp = roll.stamp WHERE setting = ?"
_DROP_STALE = f"DELETE FROM proposals WHERE id NOT IN ({_WAITING})"
_NEXT = " WHERE place > ? ORDER BY place LIMIT ?"
_TRIED = """
    INSERT INTO tries (id, stamp, tries) SELECT id, stamp, 1 FROM roll WHERE id = ?
    ON CONFLICT (id) DO UPDATE SET tries = CASE WHEN stamp = excluded.stamp THEN tries + 1 ELSE 1 END, stamp = excluded.stamp
"""


class Store:
    """One file of results. `with` closes it. One process writes, others may read meanwhile; every method raises StoreError."""

    def __init__(self, path: Path, *, busy_s: float = BUSY_S) -> None:
        """Open or make the file, and bring one of an older grader up to date; wait so long for another that writes."""
        self._database = Database(path, busy_s=busy_s)
        self._who = who()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def enrol(self, entries: Iterable[tuple[Entry, str]]) -> None:
        """Make these entries, each with the stamp of its bytes ("" without any), the whole roll.

        Reports of others stay in the file, are not listed, and are there again when the entry is.
        """
        roll = sorted(entries, key=lambda pair: pair[0].id)
        for (one, _), (other, _) in pairwise(roll):
            if one.id == other.id:
                raise StoreError(f"two entries are called {one.id} ({one.origin}; {other.origin}); rename one of them")
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM roll")
            connection.executemany(
                "INSERT INTO roll (place, id, stamp, entry) VALUES (?, ?, ?, ?)",
                (_roll_row(place, entry, stamp) for place, (entry, stamp) in enumerate(roll)),
            )

    def note_setting(self, key: str, data: dict[str, Any]) -> None:
        """Note what a setting key stands for."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO settings (key, data) VALUES (?, ?)", (bound(key), packed(json_text(data))))

    def setting(self, key: str) -> dict[str, Any] | None:
        """Return what was noted of a setting key, or None."""
        return self._database.first("SELECT data FROM settings WHERE key = ?", bound(key), read=read_json)

    def grades(self) -> Iterator[Stored]:
        """Yield everybody on the roll, in the order of the ids."""
        return self._database.pages(_STORED + _NEXT, size=_MANY, read=read_stored)

    def grade_of(self, id: str) -> Stored:
        """Return one of the roll."""
        found = self._database.first(
            _STORED + " WHERE roll.id = ?", bound(id), read=lambda place, *columns: read_stored(*columns)
        )
        if found is None:
            raise StoreError(f"nobody on the roll is called {id}; `grade.py batch` with the class's folder makes the roll")
        return found

    def results(self) -> Iterator[tuple[Entry, dict[str, Any] | None]]:
        """Yield everybody on the roll with the accepted result; few of them are in memory at a time."""
        return self._database.pages(_RESULTS + _NEXT, size=_FEW, read=read_result)

    def result_of(self, id: str) -> dict[str, Any] | None:
        """Return the accepted result of one, on the roll or not, or None."""
        return self._database.first("SELECT result FROM reports WHERE id = ?", bound(id), read=read_json)

    def known(self, stamp: str, keys: Mapping[str, str]) -> tuple[Asked, ...]:
        """Return what checks found in the bytes with this stamp, as far as they are the same checks.

        `keys`: the key of each check function now. Faults and what was not run are never among them.
        """
        return known_answers(self._database, stamp, keys)

    def save(
        self,
        id: str,
        *,
        stamp: str,
        setting: str,
        result: dict[str, Any],
        asked: Sequence[Asked],
        keys: Mapping[str, str],
        why: str = "",
    ) -> None:
        """Accept a report and keep what its checks found, all at once; an older report and a proposal of it go."""
        columns = columns_of(stamp, setting, result)
        after = Found(stamp=stamp, setting=setting, points=result["score"]["points"], out_of=result["score"]["out_of"])
        complete = bool(result["score"]["complete"])
        with self._database.transaction() as connection:
            before = accepted(connection, id)
            accept_columns(connection, id, columns)
            keep_answers(connection, stamp, asked, keys)
            if complete:
                connection.execute("DELETE FROM tries WHERE id = ?", (bound(id),))
            what = _what(before, after) if complete else "fault"
            auditing.note(connection, self._change(id, what, why, before, after))

    def propose(
        self,
        id: str,
        *,
        stamp: str,
        setting: str,
        result: dict[str, Any],
        asked: Sequence[Asked],
        keys: Mapping[str, str],
    ) -> None:
        """Keep what the checks found and let the report wait to be decided; the accepted one, which must exist, stays."""
        columns = columns_of(stamp, setting, result)
        with self._database.transaction() as connection:
            if accepted(connection, id) is None:
                raise StoreError(f"{id} has no report that another could be compared with; save this one instead")
            propose_columns(connection, id, columns)
            keep_answers(connection, stamp, asked, keys)
            if result["score"]["complete"]:
                connection.execute("DELETE FROM tries WHERE id = ?", (bound(id),))

    def proposals(self) -> Iterator[Proposal]:
        """Yield the reports that wait, of everybody on the roll, in the order of the ids."""
        return self._database.pages(_PROPOSALS + _NEXT, size=_FEW, read=read_proposal)

    def waiting(self, setting: str) -> frozenset[str]:
        """Return who has a report waiting that was made of the bytes now on the roll, in this setting."""
        return frozenset(self._database.rows(_WAITING, bound(setting), read=unbound))

    def remember(self, stamp: str, asked: Sequence[Asked], keys: Mapping[str, str]) -> None:
        """Keep what checks found in the bytes with this stamp, where there is no report to keep."""
        with self._database.transaction() as connection:
            keep_answers(connection, stamp, asked, keys)

    def accept(self, ids: Iterable[str], *, why: str) -> None:
        """Let what waits take the place of the accepted reports: of all these, or of none when one has nothing waiting."""
        with self._database.transaction() as connection:
            for id in dict.fromkeys(ids):
                before, after = compared(connection, id)
                accept_proposal(connection, id)
                auditing.note(connection, self._change(id, "regraded", why, before, after))

    def keep(self, ids: Iterable[str], *, why: str) -> None:
        """Turn down what waits: the accepted reports stay, and count as graded in the other setting too."""
        with self._database.transaction() as connection:
            for id in dict.fromkeys(ids):
                before, turned_down = compared(connection, id)
                keep_for(connection, id, turned_down.setting)
                auditing.note(connection, self._change(id, "kept", why, before, turned_down, is_turned_down=True))

    def drop_stale_proposals(self, setting: str) -> None:
        """Drop what waits, undecided, and was made in another setting than this, or of other bytes than are on the roll."""
        with self._database.transaction() as connection:
            connection.execute(_DROP_STALE, (bound(setting),))

    def tried(self, id: str) -> int:
        """Count a try that ended in a fault, and return how many did in a row for the bytes now on the roll."""
        with self._database.transaction() as connection:
            connection.execute(_TRIED, (bound(id),))
        return self.grade_of(id).tries

    def audit(self, id: str | None = None) -> Iterator[AuditEntry]:
        """Yield the trail, oldest first: of everybody, or what concerns one."""
        return auditing.trail(self._database, id)

    def page_is_current(self, id: str) -> bool:
        """Tell whether the page was noted as written since the report was accepted."""
        return bool(self._database.first("SELECT has_page FROM reports WHERE id = ?", bound(id), read=bool))

    def note_page(self, id: str) -> None:
        """Note that the page shows the accepted report."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE reports SET has_page = 1 WHERE id = ?", (bound(id),))

    def begin_run(self, command: str, jobs: int) -> int:
        """Note that a batch begins, and return its number."""
        with self._database.transaction() as connection:
            number = connection.execute(
                "INSERT INTO runs (command, jobs, who, started) VALUES (?, ?, ?, ?)",
                (bound(command), jobs, bound(self._who), now()),
            ).lastrowid
        assert number is not None
        return number

    def end_run(self, run: int, how: str) -> None:
        """Note how a batch ended."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE runs SET ended = ?, how = ? WHERE number = ?", (now(), bound(how), run))

    def runs(self) -> Iterator[Run]:
        """Yield the batches, oldest first."""
        query = (
            "SELECT number, number, command, jobs, who, started, ended, how FROM runs WHERE number > ? ORDER BY number LIMIT ?"
        )
        return self._database.pages(query, size=_MANY, read=_read_run)

    def forget_everything(self, *, why: str = "") -> None:
        """Forget reports, proposals and what checks found; the roll, the settings, the runs and the trail stay."""
        with self._database.transaction() as connection:
            (count,) = connection.execute("SELECT count(*) FROM reports").fetchone()
            for table in ("proposals", "reports", "tries"):
                connection.execute(f"DELETE FROM {table}")
            forget_answers(connection)
            if count:
                what = f"{count} report{'s' if count > 1 else ''} forgotten" + (f": {why}" if why else "")
                auditing.note(connection, self._change("", "forgotten", what, None, None))

    def _change(
        self, id: str, what: str, why: str, before: Found | None, after: Found | None, *, is_turned_down: bool = False
    ) -> AuditEntry:
        counts = before if is_turned_down else after
        return AuditEntry(
            at=now(),
            id=id,
            what=what,
            points_before=before.points if before else None,
            points_after=counts.points if counts else None,
            proposed=after.points if after and is_turned_down else None,
            out_of=counts.out_of if counts else None,
            who=self._who,
            why=why,
            setting_before=before.setting if before else "",
            setting_after=after.setting if after else "",
        )


def _roll_row(place: int, entry: Entry, stamp: str) -> tuple[object, ...]:
    return place, bound(entry.id), bound(stamp), bound(json_text(plain_entry(entry)))


def _what(before: Found | None, after: Found) -> str:
    """Name what a report that is complete is to the one before it."""
    if before is None:
        return "graded"
    if before.stamp != after.stamp:
        return "handed in anew"
    return "graded again" if before.setting == after.setting else "regraded"


def _read_run(
    number: int,
    command: str | bytes,
    jobs: int,
    started_by: str | bytes,
    started: str,
    ended: str,
    how: str | bytes,
) -> Run:
    return Run(
        number=number,
        command=unbound(command),
        jobs=jobs,
        who=unbound(started_by),
        started=started,
        ended=ended,
        how=unbound(how),
    )
