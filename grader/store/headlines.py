"""What a list of all submissions shows of a result, in columns of its own. Pure."""

from __future__ import annotations

from typing import Any

from grader.model import Kind, Verdict
from grader.scoring import worst


def headline_of(result: dict[str, Any]) -> tuple[float, float, bool, str, str, float]:
    """Return points, out_of, complete, unreadable, verdict and wall_s of a result."""
    score = result["score"]
    unreadable = result["submission"]["unreadable"]
    verdict = _verdict(result, is_unreadable=bool(unreadable))
    return score["points"], score["out_of"], score["complete"], unreadable, verdict.value, result["timing"]["wall_s"]


def _verdict(result: dict[str, Any], *, is_unreadable: bool) -> Verdict:
    """Return one verdict for a whole submission: the worst of the questions that a machine judges."""
    if not result["score"]["complete"]:
        return Verdict.FAULT
    if is_unreadable:
        return Verdict.ERROR
    judged = (question for question in result["questions"] if question["kind"] != Kind.WRITTEN)
    return worst(Verdict(question["verdict"]) for question in judged)
