"""Names for wrong answers: what the known-wrong variants of an assignment answered, as `validate` noted it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.class_results import shortened
from grader.errors import SpecError
from grader.model import Assignment, Report

SCHEMA = "grader/misconceptions/v1"
_AMBIGUOUS = 3  # so many variants that answer the same tell nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongAnswer:
    """What a known-wrong variant answered to a check."""

    check: str
    call: str
    got: str
    name: str  # of the variant, in words


def file_of(assignment: Assignment) -> Path:
    """Return where the names of an assignment are kept: beside the variants, which students never get."""
    return assignment.folder.parent.parent / "reference" / assignment.slug / "misconceptions.json"


def wrong_answers(report: Report, name: str) -> tuple[WrongAnswer, ...]:
    """Return what the report on a known-wrong variant holds of wrong answers."""
    checks = (check for question in report.score.questions for check in question.checks)
    return tuple(
        WrongAnswer(check=check.id, call=check.counterexample.call, got=check.counterexample.got, name=name)
        for check in checks
        if check.verdict.is_lost and check.counterexample is not None
    )


def to_text(answers: Iterable[WrongAnswer]) -> str:
    """Return the text of the file: each answer once, with the variants that give it, unless they are too many."""
    names: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for answer in answers:
        names[answer.check, answer.call, answer.got].append(answer.name)
    known = [
        {"check": check, "call": call, "got": got, "name": " or ".join(sorted(variants))}
        for (check, call, got), variants in sorted(names.items())
        if len(variants) < _AMBIGUOUS
    ]
    return json.dumps({"schema": SCHEMA, "known": known}, indent=1, ensure_ascii=False) + "\n"


def read_misconceptions(assignment: Assignment) -> dict[tuple[str, str, str], str]:
    """Return (check id, call, got) -> name, with texts as a class has them; raises SpecError."""
    path = file_of(assignment)
    if not path.exists():
        return {}
    try:
        known = json.loads(path.read_text(encoding="utf-8"))["known"]
        return {(each["check"], shortened(each["call"]), shortened(each["got"])): each["name"] for each in known}
    except (ValueError, KeyError, TypeError) as error:
        raise SpecError(
            f"{path} cannot be read ({error}); "
            f"make it again by `python grade.py validate {assignment.slug} --write-misconceptions`"
        ) from error
