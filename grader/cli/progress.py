"""How a batch goes on, on stderr: a bar, counts by verdict, time left, who is being graded. Quiet where nobody looks."""

from __future__ import annotations

import os
import time
from collections import Counter
from types import TracebackType

from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.cli.terminal import talk
from grader.model import Entry, Verdict
from grader.report.visible import visible

_ORDER = (*(verdict.value for verdict in Verdict), "unreadable")
_SHOWN = 3  # of those who are being graded


class BatchProgress:
    """Watches a batch; `with` draws and clears it."""

    def __init__(self, total: int) -> None:
        """Start at nothing of `total`."""
        self.counts: Counter[str] = Counter()
        self._since: dict[str, float] = {}
        self._progress = Progress(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(elapsed_when_finished=False),
            TextColumn("{task.description}"),
            console=talk,
            transient=True,
            disable=not talk.is_terminal or bool(os.environ.get("CI")),
        )
        self._task = self._progress.add_task("starting the judge", total=total)

    def __enter__(self) -> BatchProgress:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.stop()

    def started(self, entry: Entry) -> None:
        """Count a submission among those that are being graded."""
        self._since[entry.id] = time.monotonic()
        self.look()

    def ended(self, entry: Entry, verdict: str, *, again: bool) -> None:
        """Count a verdict, unless the submission is tried again."""
        self._since.pop(entry.id, None)
        if not again:
            self.counts[verdict] += 1
            self._progress.advance(self._task)

    def look(self) -> None:
        """Say who is being graded, the longest first, and for how long."""
        now = time.monotonic()
        names = [f"{escape(visible(name))} {now - since:.0f} s" for name, since in list(self._since.items())[:_SHOWN]]
        more = len(self._since) - len(names)
        where = ", ".join(names) + (f" and {more} more" if more > 0 else "")
        self._progress.update(self._task, description=" · ".join(part for part in (counts_in_words(self.counts), where) if part))


def counts_in_words(counts: Counter[str]) -> str:
    """Return "12 pass, 3 fail, 1 unreadable"."""
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in _ORDER if counts[verdict])
