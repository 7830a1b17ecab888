"""How hard each question is, and whether it tells those who can from those who cannot."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import correlation, fmean

from grader.class_results import ClassResult, QuestionOutcome, Standing, questions_of
from grader.model import Verdict

AT_LEAST = 10  # submissions; below, a correlation's standard error is above one third
_DIGITS = 9  # of a share of points
_EQUAL = 10**-_DIGITS  # shares that differ by less are the same
_Z = 1.96  # standard errors to each side of an interval of 95 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrimination:
    """The correlation of a question with all the others, or why there is none; `low` to `high` is its 95 % interval."""

    value: float | None
    low: float = 0.0
    high: float = 0.0
    undefined: str = ""  # why there is no value, else empty


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionAnalysis:
    """What a class's results say about one question."""

    question: QuestionOutcome  # for its id, title and part; its points are those of somebody
    judged: int  # submissions that count here
    mean_share: float | None  # of its points, 0 to 1: the higher, the easier; None where nobody counts
    all_points: int  # submissions
    no_points: int
    discrimination: Discrimination
    verdicts: tuple[tuple[Verdict, int], ...]  # in the order of `Verdict`, those that occur


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    question: QuestionOutcome
    rest: float | None  # the share of the points of all others; None where that is not known


def analyse_questions(results: Sequence[ClassResult]) -> tuple[QuestionAnalysis, ...]:
    """Return the analysis of each question.

    A submission counts for a question when it could be opened and the question was judged: neither a fault nor "not run".
    For the discrimination the whole submission must be graded, because a fault elsewhere would make the rest too small.
    """
    answers: dict[str, list[_Answer]] = {question.id: [] for question in questions_of(results)}
    for result in results:
        if result.standing is Standing.UNREADABLE:
            continue
        rests = rest_shares(result) if result.standing is Standing.GRADED else {}
        for question in result.questions:
            answers[question.id].append(_Answer(question=question, rest=rests.get(question.id)))
    return tuple(_analyse(question, answers[question.id]) for question in questions_of(results))


def rest_shares(result: ClassResult) -> dict[str, float | None]:
    """Return, for each question, the share of the points of all others; None where no other was judged."""
    points = math.fsum(question.points for question in result.questions)
    out_of = math.fsum(question.out_of for question in result.questions)
    return {
        question.id: round((points - question.points) / (out_of - question.out_of), _DIGITS)  # equal ones are ties
        if out_of - question.out_of > _EQUAL
        else None
        for question in result.questions
    }


def discrimination(items: Sequence[float], rests: Sequence[float]) -> Discrimination:
    """Return the item-rest correlation: Pearson's r of the shares of one question with those of all the others.

    r = sum((x - mean x)(y - mean y)) / sqrt(sum((x - mean x)^2) sum((y - mean y)^2)), with x the share of the question's
    points and y the share of the points of all other questions, so that the question is not correlated with itself
    (Henrysson 1963, "Correction of item-total correlations in item analysis", Psychometrika 28). Where x is 0 or 1 alone,
    this is the point-biserial correlation (M1 - M0) / s sqrt(p (1 - p)) (Tate 1954, "Correlation between a discrete and a
    continuous variable", Annals of Mathematical Statistics 25). The interval is Fisher's: tanh(artanh r -+ 1.96 /
    sqrt(n - 3)) (Fisher 1921, "On the probable error of a coefficient of correlation", Metron 1).
    """
    if len(items) < AT_LEAST:
        return Discrimination(value=None, undefined=f"fewer than {AT_LEAST} submissions")
    for values, what in ((items, "this question"), (rests, "the other questions")):
        if max(values) - min(values) < _EQUAL:
            return Discrimination(value=None, undefined=f"everybody has the same points for {what}")
    value = max(-1.0, min(1.0, correlation(items, rests)))
    if abs(value) > 1 - _EQUAL:
        return Discrimination(value=value, low=value, high=value)
    half = _Z / math.sqrt(len(items) - 3)
    return Discrimination(value=value, low=math.tanh(math.atanh(value) - half), high=math.tanh(math.atanh(value) + half))


def _analyse(question: QuestionOutcome, answers: list[_Answer]) -> QuestionAnalysis:
    judged = [one for one in answers if one.question.out_of > 0 and one.question.verdict is not Verdict.FAULT]
    shares = [one.question.points / one.question.out_of for one in judged]
    pairs = [(share, one.rest) for share, one in zip(shares, judged, strict=True) if one.rest is not None]
    verdicts = Counter(one.question.verdict for one in answers)
    return QuestionAnalysis(
        question=question,
        judged=len(judged),
        mean_share=fmean(shares) if shares else None,
        all_points=sum(share > 1 - _EQUAL for share in shares),
        no_points=sum(share < _EQUAL for share in shares),
        discrimination=discrimination([item for item, _ in pairs], [rest for _, rest in pairs]),
        verdicts=tuple((verdict, verdicts[verdict]) for verdict in Verdict if verdicts[verdict]),
    )
