"""Orders what a student should do next by the points that it brings back. Pure: result in, steps out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.model import Verdict, Visibility
from grader.report.wording import counted, first_line

_OPENINGS = {
    Verdict.FAIL: "It gave a wrong answer",
    Verdict.ERROR: "It raised an exception",
    Verdict.TIMEOUT: "It gave no answer in time",
    Verdict.MEMORY: "It ran out of memory",
    Verdict.CRASH: "Its process ended while it was running",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do next and the place on the page that says more; names and values stand in backticks."""

    title: str
    sentence: str
    question: str = ""  # its id; empty when the step is about how the file ran
    points: float = 0.0  # that it can bring back


def next_steps(result: dict[str, Any]) -> tuple[Step, ...]:
    """Return a step for each question that lost points and each answer not found, the dearest first; none when all is there.

    If names are missing and something raised while the file ran, that comes first and stands for the
    questions without a name: one exception there often costs several of them.
    """
    losing = sorted((question for question in result["questions"] if _lost(question)), key=_lost, reverse=True)
    missing = [question for question in losing if question["verdict"] == Verdict.MISSING and question["names"]]
    answers = [_written_step(answer) for answer in result.get("written", ()) if not answer["found"]]
    if not (missing and result["loading"]["incidents"]):
        return _dearest_first([*map(_step, losing), *answers])
    others = [_step(question) for question in losing if question not in missing]
    return (_loading_step(result["loading"]["incidents"][0], missing), *_dearest_first([*others, *answers]))


def _dearest_first(steps: list[Step]) -> tuple[Step, ...]:
    return tuple(sorted(steps, key=lambda step: step.points, reverse=True))


def open_points(question: dict[str, Any]) -> float:
    """Return the points that wait for a fault of the grader to be mended; a lost decisive check leaves none."""
    checks = question["checks"]
    if any(check["decisive"] and Verdict(check["verdict"]).is_lost for check in checks):
        return 0.0
    return float(sum(check["out_of"] for check in checks if check["verdict"] == Verdict.FAULT))


def _lost(question: dict[str, Any]) -> float:
    """Return the points that the student can still win, to the hundredth that the page shows."""
    return float(max(0.0, round(question["out_of"] - question["points"] - open_points(question), 2)))


def _loading_step(incident: dict[str, str], missing: list[dict[str, Any]]) -> Step:
    names = sum(len(question["names"]) for question in missing)
    return Step(
        title=f"{incident['where'][:1].upper()}{incident['where'][1:]} stopped with an exception",
        sentence=f"`{first_line(incident['message'])}` – mend this first: {counted(names, 'name')} that the assignment "
        f"asks for {'was' if names == 1 else 'were'} not defined after your file had run.",
        points=sum(map(_lost, missing)),
    )


def _step(question: dict[str, Any]) -> Step:
    return Step(
        title=f"{question['id']} {question['title']}",
        sentence=_sentence(question),
        question=question["id"],
        points=_lost(question),
    )


def _written_step(answer: dict[str, Any]) -> Step:
    return Step(
        title=f"{answer['question']} {answer['title']}",
        sentence=f"Write your answer into the cell tagged `answer-{answer['question']}`: none was found, and a person can "
        "only give points to what is there.",
        question=answer["question"],
        points=answer["out_of"],
    )


def _sentence(question: dict[str, Any]) -> str:
    if question["verdict"] == Verdict.MISSING:
        wanted = question["signature"] or ", ".join(question["names"]) or question["id"]
        return f"Define `{wanted}`: no such name was there after your file had run."
    failed = [check for check in question["checks"] if check["verdict"] in _OPENINGS]
    if not failed:
        return first_line(question["note"]) or "Its checks did not give all points."
    return _what_went_wrong(max(failed, key=_usefulness))


def _usefulness(check: dict[str, Any]) -> tuple[bool, bool, float]:
    """Order checks by how well they explain the loss: what can be run again at home comes first."""
    lost = check["out_of"] - check["points"]
    return check["visibility"] == Visibility.PUBLIC, check["counterexample"] is not None, lost


def _what_went_wrong(check: dict[str, Any]) -> str:
    found = check["counterexample"]
    if check["verdict"] == Verdict.FAIL and found and _is_short(found):
        return f"`{found['call']}` gave `{found['got']}`; it should have given `{found['expected']}`."
    breaks_rule = check["verdict"] == Verdict.FAIL and found and not found["call"]
    opening = "It breaks a rule" if breaks_rule else _OPENINGS[Verdict(check["verdict"])]
    said = first_line(check["message"])
    return f"{opening}: {said}" if said else f"{opening}. What must hold: {first_line(check['rule'])}"


def _is_short(found: dict[str, str]) -> bool:
    """Whether the whole counterexample, a call and its values, can be read within a sentence."""
    values = (found["got"], found["expected"])
    return (
        bool(found["call"])
        and all(value and "\n" not in value and len(value) <= 48 for value in values)
        and ("\n" not in found["call"] and len(found["call"]) <= 96)
    )
