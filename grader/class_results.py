"""What a class needs to know of one submission, small enough that ten thousand of them are held at once. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Any

from grader.model import Entry, Kind, Verdict, Visibility

LONGEST = 400  # characters of a text that are kept; the report has the whole
_NOTE = 60  # characters that say what is left out
_SHARED = 2**14  # equal answers of a class that are one object
_NO_SCORE: dict[str, Any] = {"points": 0.0, "out_of": 0.0, "not_run": 0.0, "by_hand": {"points": None, "out_of": 0.0}}


class Standing(StrEnum):
    """What became of one submission."""

    GRADED = "graded"
    INCOMPLETE = "incomplete"  # a fault of ours left something open; to be graded again
    UNREADABLE = "unreadable"  # could not be opened; no points
    WAITING = "not graded yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What one check found; a text that is too long ends in a digest of its rest, so that equal ones stay equal."""

    id: str
    question: str
    verdict: Verdict
    visibility: Visibility
    rule: str
    message: str = ""
    call: str | None = None  # None where there is no counterexample; "" where that is a line and no call
    expected: str = ""
    got: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionOutcome:
    """The points of one question and what its checks found."""

    id: str
    title: str
    part: str
    verdict: Verdict
    points: float
    out_of: float
    not_run: float
    checks: tuple[CheckOutcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSeen:
    """Grading of something did not take place: where and why."""

    where: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassResult:
    """One attempt of one student as a class needs it. What a person gives points for is not among `questions`."""

    id: str  # names the report
    student: str
    name: str
    attempt: int
    attempts: int
    handed_in: str
    late: bool
    origin: str
    standing: Standing
    problem: str  # why it is unreadable, else empty
    has_report: bool
    points: float
    out_of: float  # leaves out what was not run; 0 where nothing says what it is
    not_run: float
    by_hand: float | None  # points that a person gave; None until then
    by_hand_out_of: float
    wall_s: float
    questions: tuple[QuestionOutcome, ...]
    faults: tuple[FaultSeen, ...]
    others: tuple[str, ...] = ()  # ids of this student's other attempts that were graded and do not count


def class_result(entry: Entry, result: dict[str, Any] | None) -> ClassResult:
    """Return what the class needs of an entry and its result of schema `grader/report/v1` (None: not graded yet)."""
    score = result["score"] if result else _NO_SCORE
    problem = (result["submission"]["unreadable"] if result else "") or entry.problem
    return ClassResult(
        id=entry.id,
        student=entry.student,
        name=entry.name,
        attempt=entry.attempt,
        attempts=entry.attempts,
        handed_in=entry.handed_in,
        late=entry.late,
        origin=entry.origin,
        standing=_standing(problem, result),
        problem=shortened(problem, 4 * LONGEST),
        has_report=result is not None,
        points=0.0 if problem else score["points"],
        out_of=score["out_of"],
        not_run=score["not_run"],
        by_hand=score["by_hand"]["points"],
        by_hand_out_of=score["by_hand"]["out_of"],
        wall_s=result["timing"]["wall_s"] if result else 0.0,
        questions=tuple(map(_question, _judged(result))),
        faults=tuple(_faults(result)) if result else (),
    )


def counted(results: Iterable[ClassResult]) -> tuple[ClassResult, ...]:
    """Return one result for each student, in the order of their names; it says in `others` which ones it was chosen from.

    Where several attempts of a student were graded, the best counts: the one with most points and, of those, the earliest.
    One that could be opened goes before one that could not, and what is not graded yet counts only if nothing else is there.
    """
    attempts: dict[str, list[ClassResult]] = {}
    for result in results:
        attempts.setdefault(result.student, []).append(result)
    chosen = []
    for of_student in attempts.values():
        best, *rest = sorted(of_student, key=_merit)
        others = tuple(result.id for result in sorted(rest, key=_age) if result.has_report)
        chosen.append(replace(best, others=others) if rest else best)
    return tuple(sorted(chosen, key=by_name))


def by_name(result: ClassResult) -> tuple[str, str, str]:
    """Order results as a list of names is read."""
    return ((result.name or result.student).casefold(), result.student, result.id)


def flags_of(result: ClassResult) -> tuple[str, ...]:
    """Return what a reader of the points must know beside them, a few words each."""
    flags = []
    if result.standing is not Standing.GRADED:
        flags.append(str(result.standing))
    if result.late:
        flags.append("late")
    if result.attempts > 1:
        flags.append(f"attempt {result.attempt} of {result.attempts}{', the best' if result.others else ''}")
    return tuple(flags)


def percent(points: float, out_of: float) -> float:
    """Return the percentage, rounded down: nothing but all points, to the hundredth, is 100."""
    if out_of <= 0:
        return 0.0
    return 100.0 if f"{points:.2f}" == f"{out_of:.2f}" else min(99.9, int(1000 * points / out_of) / 10)


def questions_of(results: Iterable[ClassResult]) -> tuple[QuestionOutcome, ...]:
    """Return the questions that were asked, in their order, each as one of the results has it; its points say nothing."""
    found: dict[str, QuestionOutcome] = {}
    for result in sorted(results, key=lambda result: (-len(result.questions), result.id)):
        for question in result.questions:
            found.setdefault(question.id, question)
    return tuple(found.values())


def most_points(results: Iterable[ClassResult]) -> float:
    """Return the most that a submission of this class could earn, 0 where none was graded."""
    return max((result.out_of for result in results), default=0.0)


def shortened(text: str, limit: int = LONGEST) -> str:
    """Return at most `limit` characters; of what is left out, a digest stays, so that equal texts stay equal."""
    if len(text) <= limit:
        return text
    kept = limit - _NOTE
    digest = hashlib.blake2b(text[kept:].encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{text[:kept]}… ({len(text) - kept} more characters, digest {digest})"


def _standing(problem: str, result: dict[str, Any] | None) -> Standing:
    if problem:
        return Standing.UNREADABLE
    if result is None:
        return Standing.WAITING
    return Standing.GRADED if result["score"]["complete"] else Standing.INCOMPLETE


def _judged(result: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Return the questions that a machine judges."""
    return [question for question in result["questions"] if question["kind"] != Kind.WRITTEN] if result else []


def _faults(result: dict[str, Any]) -> Iterator[FaultSeen]:
    """Yield every reason why something was not graded, each once; the checks say theirs where the report has none."""
    for fault in result["faults"]:
        yield FaultSeen(where=shortened(fault["where"]), message=shortened(fault["message"]))
    if result["faults"] or result["score"]["complete"]:
        return
    found = [(q["id"], c["message"]) for q in result["questions"] for c in q["checks"] if c["verdict"] == Verdict.FAULT]
    for where, message in dict.fromkeys(found) or [("grading", "it did not take place")]:
        yield FaultSeen(where=where, message=shortened(message))


def _merit(result: ClassResult) -> tuple[int, float, int, str, str]:
    """Order one student's attempts, the one that counts first."""
    rank = {Standing.GRADED: 0, Standing.INCOMPLETE: 0, Standing.UNREADABLE: 1, Standing.WAITING: 2}[result.standing]
    return (rank, -result.points, *_age(result))


def _age(result: ClassResult) -> tuple[int, str, str]:
    return (result.attempt, result.handed_in, result.id)


def _question(question: dict[str, Any]) -> QuestionOutcome:
    outcome: QuestionOutcome = _shared(
        QuestionOutcome(
            id=question["id"],
            title=question["title"],
            part=question["part"],
            verdict=Verdict(question["verdict"]),
            points=question["points"],
            out_of=question["out_of"],
            not_run=question["not_run"],
            checks=tuple(_check(question["id"], check) for check in question["checks"]),
        )
    )
    return outcome


def _check(question_id: str, check: dict[str, Any]) -> CheckOutcome:
    found = check["counterexample"]
    outcome: CheckOutcome = _shared(
        CheckOutcome(
            id=check["id"],
            question=question_id,
            verdict=Verdict(check["verdict"]),
            visibility=Visibility(check["visibility"]),
            rule=check["rule"],
            message=shortened(check["message"]),
            call=shortened(found["call"]) if found else None,
            expected=shortened(found["expected"]) if found else "",
            got=shortened(found["got"]) if found else "",
        )
    )
    return outcome


@lru_cache(maxsize=_SHARED)
def _shared(value: Any) -> Any:
    """Return an equal value, the same object for all: most answers of a class are somebody else's, too."""
    return value
