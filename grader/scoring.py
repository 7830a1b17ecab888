"""Assignment and results -> Score. Pure: points are computed here and nowhere else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from math import fsum  # exact: the order of the results does not matter

from grader.model import Assignment, CheckResult, Kind, Question, QuestionScore, Score, Verdict

# Several verdicts make together the first of these that is among them.
_ORDER = (
    *(Verdict.FAULT, Verdict.CRASH, Verdict.MEMORY, Verdict.TIMEOUT, Verdict.MISSING, Verdict.ERROR, Verdict.FAIL),
    *(Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_RUN),
)
_DIGITS = 4


def score_of(assignment: Assignment, results: Sequence[CheckResult], *, only: Collection[str] = ()) -> Score:
    """Return the score of all questions that a machine judges, or of `only` some.

    The checks of a question share its points by weight; what was not run, or not decided, is left out of `out_of`; a failed
    decisive check loses the whole question; a fault keeps the question's points open and makes the score incomplete.
    """
    questions = tuple(
        _score_question(question, [result for result in results if result.question == question.id])
        for question in assignment.questions
        if question.kind is not Kind.WRITTEN and (not only or question.id in only)
    )
    return _total(assignment, questions)


def unjudged_score(assignment: Assignment, *, complete: bool, only: Collection[str] = ()) -> Score:
    """Return the score of a submission that no check has seen: unreadable (`complete`), or a fault of ours."""
    verdict = Verdict.ERROR if complete else Verdict.FAULT
    questions = tuple(
        QuestionScore(question=q, verdict=verdict, points=0.0, out_of=q.points, not_run=0.0, checks=())
        for q in assignment.questions
        if q.kind is not Kind.WRITTEN and (not only or q.id in only)
    )
    return _total(assignment, questions)


def earned_weights(results: Sequence[CheckResult]) -> list[float]:
    """Return the weight that each check earns; what nonsense can keep counts as far as the values are right."""
    values = [r for r in results if not r.law and r.verdict.is_conclusion]
    value_weight = fsum(result.weight for result in values)
    right = fsum(result.weight * result.fraction for result in values) / value_weight if value_weight else 1.0
    return [result.weight * result.fraction * (right if result.law else 1.0) for result in results]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict that several make together; of none at all, that nothing was run."""
    given = set(verdicts)
    return next((verdict for verdict in _ORDER if verdict in given), Verdict.NOT_RUN)


def _total(assignment: Assignment, questions: tuple[QuestionScore, ...]) -> Score:
    return Score(
        points=_round(sum(question.points for question in questions)),
        out_of=_round(sum(question.out_of for question in questions)),
        not_run=_round(sum(question.not_run for question in questions)),
        complete=all(question.verdict is not Verdict.FAULT for question in questions),
        by_hand_out_of=sum(q.points for q in assignment.questions if q.kind is Kind.WRITTEN),
        questions=questions,
    )


def _score_question(question: Question, results: Sequence[CheckResult]) -> QuestionScore:
    verdict = worst(result.verdict for result in results)
    total = fsum(result.weight for result in results)
    ran = fsum(result.weight for result in results if not result.verdict.is_left_out)
    out_of = question.points * ran / total if total else 0.0
    points = question.points * fsum(earned_weights(results)) / total if total else 0.0
    lost = any(result.decisive and result.verdict.is_lost for result in results)
    if lost:
        points = 0.0
    return QuestionScore(
        question=question,
        verdict=verdict,
        points=_round(points),
        out_of=_round(out_of),
        not_run=_round(question.points - out_of),
        checks=tuple(results),
        note="A rule that this question stands on is broken, so it earns no points." if lost else "",
    )


def _round(points: float) -> float:
    return round(points, _DIGITS)
