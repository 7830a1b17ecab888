"""A second chance for cells that stand above what they need: notebooks are often run in another order than they are saved in."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.runner.noting import Notes

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ran:
    number: int
    source: str
    missing: str | None  # the name that it lacked, where that ended it
    changed: frozenset[str]  # names that it bound anew


class Trail:
    """What each cell did to the notebook's names."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._before: dict[str, object] = {}
        self._ran: list[_Ran] = []

    def begin(self) -> None:
        """Remember the names as they are before a cell runs."""
        self._before = dict(self._namespace)

    def end(self, number: int, source: str, error: BaseException | None) -> None:
        """Note what a cell bound and how it ended."""
        nothing = object()
        changed = (name for name, value in self._namespace.items() if self._before.get(name, nothing) is not value)
        self._ran.append(_Ran(number=number, source=source, missing=_missing_name(error), changed=frozenset(changed)))
        self._before = {}

    def run_again(self, run: Callable[[int, str], BaseException | None], notes: Notes) -> set[int]:
        """Run cells with definitions once more that lacked a name which is there by now; return which ended well.

        What cells further down have defined stays as they have defined it.
        """
        mended: set[int] = set()
        tried: set[int] = set()
        while (
            ran := next((each for each in self._ran if each.number not in tried and self._may_end_well(each)), None)
        ) is not None:
            tried.add(ran.number)
            later = frozenset[str]().union(*(each.changed for each in self._ran if each.number > ran.number))
            kept = {name: self._namespace[name] for name in later if name in self._namespace}
            error = run(ran.number, ran.source)
            self._namespace.update(kept)
            if error is None:
                mended.add(ran.number)
                notes.add(f"Cell {ran.number} lacked `{ran.missing}`, which came later: it was run once more at the end.")
        return mended

    def _next(self, tried: set[int]) -> _Ran | None:
        return next((ran for ran in self._ran if ran.number not in tried and self._may_end_well(ran)), None)

    def _may_end_well(self, ran: _Ran) -> bool:
        return ran.missing is not None and ran.missing in self._namespace and _defines(ran.source)


def _missing_name(error: BaseException | None) -> str | None:
    name = error.name if isinstance(error, NameError) else None
    return name if isinstance(name, str) else None


def _defines(source: str) -> bool:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False  # magics: what they do twice is not known
    return any(isinstance(node, _DEFINITIONS) for node in tree.body)
