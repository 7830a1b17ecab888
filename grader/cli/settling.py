"""Shows what a regrade changes before it is written: who gains, who loses, by how much and why."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from grader.batch.changes import Change, change_of
from grader.cli.terminal import out, talk
from grader.export.gradebook import text_cell
from grader.report.visible import visible
from grader.report.wording import number
from grader.report.writing import replace_text
from grader.store.store import Store

CHANGES = "changes.csv"
_ROWS = 40  # in the terminal; all of them are in the file
_REASONS = 3  # of one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of the changes."""

    written: int = 0
    kept: int = 0  # lower, and `--never-lower` was given
    waiting: int = 0  # nobody said yes


def settle(store: Store, folder: Path, *, yes: bool, never_lower: bool) -> Settled:
    """Show the changes that wait, ask unless `yes`, and write them; raises GraderError."""
    changes = [
        change_of(each.id, each.before, each.after, settings=(each.before_setting, each.after_setting))
        for each in store.proposals()
    ]
    store.accept([change.id for change in changes if not change.is_seen], why="graded again with the same result")
    seen = [change for change in changes if change.is_seen]
    if not seen:
        return Settled()
    lower = [change for change in seen if never_lower and change.gain < 0]
    higher = [change for change in seen if change not in lower]
    replace_text(folder / CHANGES, _as_csv(seen))
    _print(seen, kept=len(lower))
    if not (yes or _is_agreed(folder)):
        return Settled(waiting=len(seen))
    store.keep([change.id for change in lower], why="lower after a regrade, kept by --never-lower")
    for change in higher:
        store.accept([change.id], why="regraded: " + ("; ".join(_why(change)) or "points of another question"))
    return Settled(written=len(higher), kept=len(lower))


def _is_agreed(folder: Path) -> bool:
    if not (talk.is_terminal and sys.stdin.isatty()):
        talk.print(
            f"Nothing of this is written yet: look at {escape(str(folder / CHANGES))}, then run the same command with --yes",
            soft_wrap=True,
        )
        return False
    return click.confirm("Write these changes?", default=False, err=True)


def _print(changes: Sequence[Change], *, kept: int) -> None:
    gain, lose = (sum(sign * change.gain > 0 for change in changes) for sign in (1, -1))
    note = f", {kept} of them kept as they are (--never-lower)" if kept else ""
    table = Table(title=f"{len(changes)} reports change: {gain} gain, {lose} lose{note}", title_justify="left", box=None)
    for name, justify in (("submission", "left"), ("before", "right"), ("after", "right"), ("change", "right"), ("why", "left")):
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]  # the two words are legal
    for change in sorted(changes, key=lambda change: (change.gain, change.id))[:_ROWS]:
        colour = "red" if change.gain < 0 else "green" if change.gain > 0 else "dim"
        table.add_row(
            escape(visible(change.id)),
            number(change.before),
            number(change.after),
            f"[{colour}]{_signed(change.gain)}[/]",
            escape("\n".join(_why(change))),
        )
    out.print(table)
    if len(changes) > _ROWS:
        out.print(f"and {len(changes) - _ROWS} more in {CHANGES}")


def _why(change: Change) -> list[str]:
    lines = []
    for question in change.questions:
        reasons = list(question.why) or [f"{question.verdicts[0]} became {question.verdicts[1]}"]
        more = f" and {len(reasons) - _REASONS} more" if len(reasons) > _REASONS else ""
        lines.append(f"{question.id} {_signed(question.after - question.before)}: {'; '.join(reasons[:_REASONS])}{more}")
    return lines


def _signed(points: float) -> str:
    return f"+{number(points)}" if points > 0 else number(points)


def _as_csv(changes: Sequence[Change]) -> str:
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(("submission", "before", "after", "out_of_before", "out_of_after", "change", "why"))
    for change in changes:
        rows.writerow(
            (text_cell(change.id), change.before, change.after, *change.out_of, round(change.gain, 4), " | ".join(_why(change)))
        )
    return text.getvalue()
