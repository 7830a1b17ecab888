"""What checks found in works, so that nothing is asked twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader.model import Asked, CheckResult
from grader.store.database import Database
from grader.store.outcomes import plain_result, result_from
from grader.store.packing import bound, json_text, json_value, packed, unbound, unpacked

_CHECKS = "SELECT number, function, key FROM checks"
_ANSWERS = "SELECT answers FROM works WHERE stamp = ?"


def keep_answers(connection: sqlite3.Connection, stamp: str, asked: Sequence[Asked], keys: Mapping[str, str]) -> None:
    """Keep what may be used again: no fault, nothing that was not run or not decided, and no check without a key to know it by.

    They join what is known of the work already, so that a check that is changed back is known as well.
    """
    kept = [one for one in asked if one.result.verdict.is_conclusion and _function(one.result) in keys]
    if not stamp or not kept:
        return  # without a stamp nothing was handed in, and what is nothing is not one work
    checks = {_function(one.result): keys[_function(one.result)] for one in kept}
    connection.executemany(
        "INSERT OR IGNORE INTO checks (function, key) VALUES (?, ?)",
        ((bound(function), bound(key)) for function, key in checks.items()),
    )
    numbers = _current((_read_check(*row) for row in connection.execute(_CHECKS)), checks)
    found = connection.execute(_ANSWERS, (bound(stamp),)).fetchone()
    answers = {} if found is None else {_identity(*answer): answer for answer in json_value(unpacked(found[0]))}
    for one in kept:
        answer = (numbers[_function(one.result)], one.stand_ins, plain_result(one.result))
        answers[_identity(*answer)] = answer
    connection.execute(
        "INSERT OR REPLACE INTO works (stamp, answers) VALUES (?, ?)", (bound(stamp), packed(json_text(list(answers.values()))))
    )


def known_answers(database: Database, stamp: str, keys: Mapping[str, str]) -> tuple[Asked, ...]:
    """Return what is known of this work from checks that are still the same."""
    numbers = set(_current(database.rows(_CHECKS, read=_read_check), keys).values())

    def read(answers: bytes) -> tuple[Asked, ...]:
        return tuple(
            Asked(result=result_from(values), stand_ins=tuple(stand_ins))
            for number, stand_ins, values in json_value(unpacked(answers))
            if number in numbers
        )

    return database.first(_ANSWERS, bound(stamp), read=read) or ()


def forget_answers(connection: sqlite3.Connection) -> None:
    """Forget them all."""
    connection.execute("DELETE FROM works")
    connection.execute("DELETE FROM checks")


def _current(checks: Iterable[tuple[int, str, str]], keys: Mapping[str, str]) -> dict[str, int]:
    """Return function -> number of the checks that are now as they were when they got their number."""
    return {function: number for number, function, key in checks if keys.get(function) == key}


def _read_check(number: int, function: str | bytes, key: str | bytes) -> tuple[int, str, str]:
    return number, unbound(function), unbound(key)


def _identity(number: int, stand_ins: Sequence[str], values: dict[str, Any]) -> tuple[int, tuple[str, ...], str]:
    """Return what makes two answers those to the same question."""
    return number, tuple(stand_ins), values["id"]


def _function(result: CheckResult) -> str:
    """Return the name of the function: check_x of check_x[param]."""
    return result.id.partition("[")[0]
