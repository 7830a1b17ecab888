"""One connection to the file: opens it, runs transactions, reads page by page. Knows no table."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from grader.store.failing import told
from grader.store.schema import migrate, refuse_strangers

BUSY_S = 30.0  # to wait for another process that writes; each of ours needs milliseconds
_PAUSE_S = 0.01

T = TypeVar("T")


class Database:
    """A connection. It belongs to the process that opened it, not to its forks."""

    def __init__(self, path: Path, *, busy_s: float = BUSY_S) -> None:
        """Open or make the file; raises StoreError."""
        self._path = path
        self._process = os.getpid()
        with told(path), ExitStack() as on_failure:
            self._connection = on_failure.enter_context(closing(sqlite3.connect(path, timeout=busy_s, isolation_level=None)))
            self._prepare(time.monotonic() + busy_s)
            on_failure.pop_all()

    def _prepare(self, deadline: float) -> None:
        self._connection.execute("PRAGMA foreign_keys = ON")
        refuse_strangers(self._connection, self._path)
        # A killed process loses nothing with either; where there can be no log ahead, a power cut needs the slower one.
        self._connection.execute(f"PRAGMA synchronous = {'NORMAL' if self._logs_ahead(deadline) else 'FULL'}")
        migrate(self._connection)

    def _logs_ahead(self, deadline: float) -> bool:
        """Let readers and a writer work side by side; tell whether this disk allows it."""
        while True:
            try:
                return bool(self._connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal")
            except sqlite3.OperationalError as error:  # SQLite does not wait here when several make the file at once
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_S)

    def close(self) -> None:
        """Close the connection."""
        with self._used():
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Do everything inside or nothing of it; raises StoreError."""
        with self._used():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def rows(self, query: str, *values: object, read: Callable[..., T]) -> list[T]:
        """Return what `read` makes of the columns of each row; raises StoreError."""
        with self._used():
            return [read(*row) for row in self._connection.execute(query, values)]

    def first(self, query: str, *values: object, read: Callable[..., T]) -> T | None:
        """Return what `read` makes of the first row, or None when there is none; raises StoreError."""
        found = self.rows(query, *values, read=read)
        return found[0] if found else None

    def pages(self, query: str, *values: object, size: int, read: Callable[..., T]) -> Iterator[T]:
        """Yield what `read` makes of each row, with no more than `size` rows in memory and no hold on the file in between.

        The query's first column is a number that grows and is not given to `read`; the query ends in "number > ? ORDER BY
        number LIMIT ?". What is written in the meantime is seen from the next page on. Raises StoreError.
        """
        last = -1
        while page := self.rows(query, *values, last, size, read=lambda *row: row):
            for row in page:
                with self._used():
                    value = read(*row[1:])
                yield value
            last = page[-1][0]

    @contextmanager
    def _used(self) -> Iterator[None]:
        assert os.getpid() == self._process, "a connection to SQLite does not survive a fork"
        with told(self._path):
            yield
