"""CheckResult and Entry <-> what JSON can hold; a field with its default value is left out. Knows nothing of SQL."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from grader.model import CheckResult, Counterexample, Entry, Measurement, Verdict, Visibility


def plain_result(result: CheckResult) -> dict[str, Any]:
    """Return what a check found as strings, numbers, booleans, tuples and dictionaries."""
    values = _plain(result)
    if result.counterexample is not None:
        values["counterexample"] = _plain(result.counterexample)
    if result.measurement is not None:
        values["measurement"] = _plain(result.measurement)
    return values


def result_from(values: dict[str, Any]) -> CheckResult:
    """Return a result equal to the one that the values were made of; tuples may have become lists."""
    found = values.get("counterexample")
    changes = {
        "visibility": Visibility(values["visibility"]),
        "verdict": Verdict(values["verdict"]),
        "counterexample": None if found is None else Counterexample(**found),
        "stood_in": tuple(values.get("stood_in", ())),
        "measurement": _measurement(values.get("measurement")),
    }
    return CheckResult(**(values | changes))


def _measurement(values: dict[str, Any] | None) -> Measurement | None:
    if values is None:
        return None
    tuples = {name: tuple(value) for name, value in values.items() if isinstance(value, list | tuple)}
    return Measurement(**(values | tuples))


def plain_entry(entry: Entry) -> dict[str, Any]:
    """Return an entry as strings, numbers and booleans; its path is a text like the others."""
    values = _plain(entry)
    if entry.path is not None:
        values["path"] = str(entry.path)
    return values


def entry_from(values: dict[str, Any]) -> Entry:
    """Return an entry equal to the one that the values were made of."""
    path = values.get("path")
    return Entry(**(values | {"path": None if path is None else Path(path)}))


def _plain(value: CheckResult | Counterexample | Measurement | Entry) -> dict[str, Any]:
    """Return the fields that do not have their default value."""
    given = ((field.name, getattr(value, field.name), field.default) for field in fields(value))
    return {name: item for name, item, default in given if item != default}
