"""Turns a report into `result.json`: schema `grader/report/v1`, plain data only. It knows nothing of HTML or files."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

from grader.model import CheckResult, Kind, Measurement, QuestionScore, Report, WrittenAnswer
from grader.scoring import earned_weights

SCHEMA = "grader/report/v1"

_SURROGATES = re.compile("[\ud800-\udfff]")


def result_of(report: Report) -> dict[str, Any]:
    """Return the report as the dictionary that is stored, exported and rendered.

    It holds strings, numbers, booleans, None, lists and dictionaries only, so that reading back what
    `to_text` wrote gives an equal value.
    """
    return {
        "schema": SCHEMA,
        "assignment": {
            "slug": report.assignment.slug,
            "title": report.assignment.title,
            "digest": report.assignment.digest,
        },
        "submission": {
            "id": report.submission_id,
            "files": list(report.submission_files),
            "digest": report.submission_digest,
            "repairs": list(report.repairs),
            "unreadable": report.unreadable,
        },
        "score": {
            "points": float(report.score.points),
            "out_of": float(report.score.out_of),
            "not_run": float(report.score.not_run),
            "complete": report.score.complete,
            "by_hand": {"points": None, "out_of": float(report.score.by_hand_out_of)},
        },
        "questions": [_question(question) for question in report.score.questions],
        "written": [_written(answer, report) for answer in report.written],
        "faults": [{"where": fault.where, "message": fault.message, "details": fault.details} for fault in report.faults],
        "hidden_checks": {"count": report.hidden_checks[0], "points": float(report.hidden_checks[1])},
        "loading": _loading(report),
        "environment": _environment(report),
        "timing": {
            "wall_s": float(report.timing.wall_s),
            "load_s": float(report.timing.load_s),
            "checks_s": float(report.timing.checks_s),
        },
    }


def _question(score: QuestionScore) -> dict[str, Any]:
    question = score.question
    points = _points_of_checks(score)
    return {
        "id": question.id,
        "title": question.title,
        "kind": question.kind.value,
        "part": question.part,
        "names": list(question.names),
        "signature": question.signature,
        "points": float(score.points),
        "out_of": float(score.out_of),
        "not_run": float(score.not_run),
        "by_hand": float(question.points) if question.kind is Kind.WRITTEN else 0.0,
        "verdict": score.verdict.value,
        "note": score.note,
        "checks": [_check(check, *points[place]) for place, check in enumerate(score.checks)],
    }


def _written(answer: WrittenAnswer, report: Report) -> dict[str, Any]:
    """Return a written answer with what its reader needs; a self-check does not tell how answers are marked."""
    question = next((each for each in report.assignment.questions if each.id == answer.question), None)
    is_self_check = report.environment.checks == "public"
    return {
        "question": answer.question,
        "title": question.title if question else "",
        "part": question.part if question else "",
        "out_of": float(question.points) if question else 0.0,
        "found": answer.found,
        "text": answer.text,
        "rubric": question.rubric if question and not is_self_check else "",
    }


def _points_of_checks(score: QuestionScore) -> list[tuple[float, float]]:
    """Return (points, out_of) of each check, so that both columns add up to the question's own."""
    weights = [0.0 if check.verdict.is_left_out else check.weight for check in score.checks]
    return list(zip(_shares(score.points, earned_weights(score.checks)), _shares(score.out_of, weights), strict=True))


def _shares(total: float, weights: list[float]) -> list[float]:
    whole = sum(weights)
    return [total * weight / whole if whole else 0.0 for weight in weights]


def _measurement(measured: Measurement) -> dict[str, Any]:
    values = asdict(measured)
    tuples = {name: list(value) for name, value in values.items() if isinstance(value, tuple)}
    return values | tuples


def _check(check: CheckResult, points: float, out_of: float) -> dict[str, Any]:
    found = check.counterexample
    return {
        "id": check.id,
        "visibility": check.visibility.value,
        "verdict": check.verdict.value,
        "rule": check.rule,
        "points": points,
        "out_of": out_of,
        "weight": float(check.weight),
        "decisive": check.decisive,
        "law": check.law,
        "message": check.message,
        "counterexample": None if found is None else {"call": found.call, "expected": found.expected, "got": found.got},
        "reproduce": check.reproduce,
        "picture": check.picture,
        "measurement": None if check.measurement is None else _measurement(check.measurement),
        "traceback": check.traceback,
        "stood_in": list(check.stood_in),
        "wall_s": float(check.wall_s),
    }


def _loading(report: Report) -> dict[str, Any]:
    loading = report.loading
    return {
        "incidents": [
            {"where": incident.where, "message": incident.message, "traceback": incident.traceback}
            for incident in loading.incidents
        ],
        "undefined": list(loading.undefined),
        "printed": loading.printed,
        "printed_bytes": loading.printed_bytes,
        "notes": list(loading.notes),
    }


def _environment(report: Report) -> dict[str, Any]:
    environment = report.environment
    return {
        "device": environment.device,
        "torch": environment.torch,
        "python": environment.python,
        "isolation": environment.isolation,
        "seed": environment.seed,
        "grader": environment.grader,
        "checks": environment.checks,
        "profile": environment.profile,
        "notebook_engine": environment.notebook_engine,
        "data_sets": list(environment.data_sets),
    }


def with_later_fields(result: dict[str, Any]) -> dict[str, Any]:
    """Return a result that an older grader stored with the fields that it did not know, as they would have been."""
    environment = result["environment"]
    checks = "public" if environment["profile"] == "check" else "all"
    return {"written": [], **result, "environment": {"checks": checks, "data_sets": [], **environment}}


def to_text(result: dict[str, Any]) -> str:
    """Return the result as JSON text in UTF-8's range: indented, in the order of its keys, ending in a newline."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False)
    return _SURROGATES.sub("\ufffd", text) + "\n"
