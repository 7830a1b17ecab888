"""The matrix of known-wrong variants and the checks that catch them, and what is wrong with it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One known-wrong variant and the checks of its question that it fails."""

    variant: str
    question: str
    caught_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One check and what it catches."""

    check: str
    question: str
    alone: tuple[str, ...]  # variants that no other check of the question catches
    caught: tuple[str, ...]  # all that it catches
    shadows: tuple[str, ...] = ()  # the fewest other checks found that together catch all of `caught`, when `alone` is empty


def columns_of(rows: Sequence[Row], checks: Mapping[str, str]) -> tuple[Column, ...]:
    """Return what each check catches; `checks` are their ids and their questions, in the order that is shown."""
    return tuple(_column(check, question, rows) for check, question in checks.items())


def _column(check: str, question: str, rows: Sequence[Row]) -> Column:
    mine = [row for row in rows if check in row.caught_by]
    alone = tuple(row.variant for row in mine if row.caught_by == (check,))
    shadows = () if alone else tuple(_cover([set(row.caught_by) - {check} for row in mine]))
    return Column(check=check, question=question, alone=alone, caught=tuple(row.variant for row in mine), shadows=shadows)


def _cover(sets: Sequence[set[str]]) -> Iterator[str]:
    """Yield a few names so that each set holds one of them: again and again the one that most of the rest hold."""
    rest = list(sets)
    while rest:
        count = Counter(name for names in rest for name in names)
        best = min(count, key=lambda name: (-count[name], name))
        yield best
        rest = [names for names in rest if best not in names]


def complaints_of(columns: Sequence[Column]) -> Iterator[str]:
    """Yield what must be done about each check that catches nothing alone."""
    for column in columns:
        if not column.caught:
            yield (
                f"{column.question}: {column.check} catches none of the known-wrong variants; "
                f"write one that it alone catches, or leave the check out"
            )
        elif not column.alone:
            others = " or ".join(column.shadows)
            yield (
                f"{column.question}: {column.check} catches nothing alone: every variant that it catches is also caught by "
                f"{others}; write a variant that it alone catches, or merge these checks"
            )
