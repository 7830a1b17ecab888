"""How often each check fails, and which checks deserve a second look."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from grader.class_results import CheckOutcome, ClassResult, Standing, questions_of
from grader.item_analysis.questions import rest_shares
from grader.model import Verdict

ALWAYS_AT_LEAST = 5  # submissions before "always" is said
NEVER_AT_LEAST = 20  # before "never": by the rule of three, fewer could hide a check that fails for one in seven
BEST_AT_LEAST = 20  # before a quarter of them is compared with the rest
BEST_LOST_AT_LEAST = 3  # of the best that fail
ABOUT_AS_OFTEN = 0.8  # of the rate of the rest
_TOP = 4  # the best: one in so many


class Suspicion(StrEnum):
    """Why a check deserves a second look."""

    ALWAYS = "always failing"
    BEST = "failed by the best"
    NEVER = "never failing"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnalysis:
    """What a class's results say about one check."""

    check: CheckOutcome  # for its id, question, visibility and rule; the rest is somebody's
    judged: int  # submissions in which it came to a conclusion
    lost: int  # of these, in which it did not pass
    verdicts: tuple[tuple[Verdict, int], ...]  # in the order of `Verdict`, those that occur
    suspicion: Suspicion | None = None
    best: tuple[int, int] = (0, 0)  # of the best: lost, judged; set where they are the reason
    rest: tuple[int, int] = (0, 0)

    @property
    def rate(self) -> float:
        """The share of the submissions in which it did not pass."""
        return self.lost / self.judged if self.judged else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    check: CheckOutcome
    rest: float | None  # the submission's share of the points of all other questions; None where that is not known


def analyse_checks(results: Sequence[ClassResult]) -> tuple[CheckAnalysis, ...]:
    """Return the analysis of each check, in the order in which the questions have them.

    A check counts where it came to a conclusion: neither a fault nor "not run", in a submission that could be opened.
    It is suspect by the first of these rules that holds:

    - always failing: it passed in none of at least 5 submissions.
    - failed by the best: of at least 20 submissions that are wholly graded, ranked by their share of the points of the
      *other* questions, the best quarter (and whoever equals its last) fails it at least three times, and at a rate of at
      least 0.8 of that of all others. A good check is failed by the best clearly less often.
    - never failing: it passed in all of at least 20 submissions; by the rule of three (Hanley & Lippman-Hand 1983, "If
      nothing goes wrong, is everything all right?", JAMA 249) it would then fail for less than 3/n of all students.
    """
    seen: dict[tuple[str, str], list[_Seen]] = {
        (question.id, check.id): [] for question in questions_of(results) for check in question.checks
    }
    for result in results:
        if result.standing is Standing.UNREADABLE:
            continue
        rests = rest_shares(result) if result.standing is Standing.GRADED else {}
        for question in result.questions:
            rest = rests.get(question.id)
            for check in question.checks:
                seen.setdefault((question.id, check.id), []).append(_Seen(check=check, rest=rest))
    order = {question.id: place for place, question in enumerate(questions_of(results))}
    return tuple(_analyse(outcomes) for _, outcomes in sorted(seen.items(), key=lambda item: order[item[0][0]]) if outcomes)


def _analyse(outcomes: list[_Seen]) -> CheckAnalysis:
    verdicts = Counter(seen.check.verdict for seen in outcomes)
    judged = [seen for seen in outcomes if _is_judged(seen.check)]
    lost = sum(seen.check.verdict.is_lost for seen in judged)
    suspicion, best, rest = _suspicion(judged, lost)
    return CheckAnalysis(
        check=min((seen.check for seen in outcomes), key=lambda check: (check.rule, check.visibility)),
        judged=len(judged),
        lost=lost,
        verdicts=tuple((verdict, verdicts[verdict]) for verdict in Verdict if verdicts[verdict]),
        suspicion=suspicion,
        best=best,
        rest=rest,
    )


def _is_judged(check: CheckOutcome) -> bool:
    return check.verdict.is_conclusion


def _suspicion(judged: list[_Seen], lost: int) -> tuple[Suspicion | None, tuple[int, int], tuple[int, int]]:
    nobody = (0, 0)
    if len(judged) >= ALWAYS_AT_LEAST and lost == len(judged):
        return Suspicion.ALWAYS, nobody, nobody
    if len(judged) >= NEVER_AT_LEAST and lost == 0:
        return Suspicion.NEVER, nobody, nobody
    best, rest = _best_and_rest([seen for seen in judged if seen.rest is not None])
    if best[0] >= BEST_LOST_AT_LEAST and rest[1] and best[0] / best[1] >= ABOUT_AS_OFTEN * rest[0] / rest[1]:
        return Suspicion.BEST, best, rest
    return None, nobody, nobody


def _best_and_rest(judged: list[_Seen]) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return (lost, judged) of the best quarter and of all others; too few, or none that fail, have no best."""
    if len(judged) < BEST_AT_LEAST or not any(seen.check.verdict.is_lost for seen in judged):
        return (0, 0), (0, 0)
    shares = sorted((seen.rest or 0.0 for seen in judged), reverse=True)
    border = shares[math.ceil(len(shares) / _TOP) - 1]
    best = [seen.check.verdict.is_lost for seen in judged if (seen.rest or 0.0) >= border]
    rest = [seen.check.verdict.is_lost for seen in judged if (seen.rest or 0.0) < border]
    return (sum(best), len(best)), (sum(rest), len(rest))
