"""Says what in a class needs its instructor, the most urgent first. Pure: analysis in, steps out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.class_results import LONGEST, CheckOutcome, Standing
from grader.item_analysis.analysing import ClassAnalysis
from grader.item_analysis.checks import CheckAnalysis, Suspicion
from grader.item_analysis.clustering import Cluster
from grader.model import Verdict
from grader.report.wording import counted, first_line

LARGE_CLUSTERS = 3  # that are proposed
WORTH_A_COMMENT = 3  # submissions, and one in twenty of them
HARD = 0.5  # mean share of the points
WEAK = 0.2  # discrimination; Ebel & Frisbie 1991, "Essentials of educational measurement", call less than that poor
_ONE_SENTENCE, _AT_A_GLANCE = 240, 110  # characters of a call and its values


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One thing to look at and the place on the page that says more; names and values stand in backticks."""

    title: str
    sentence: str
    anchor: str


def needs_of(analysis: ClassAnalysis) -> tuple[Need, ...]:
    """Return what needs the instructor; none when there is nothing to do."""
    return (*_ungraded(analysis), *_suspects(analysis.checks), *_comments(analysis), *_questions(analysis))


def told(cluster: Cluster) -> str:
    """Return a cluster's answer as the rest of a sentence that begins with who gave it, values in backticks."""
    answer = cluster.answer
    if not answer.call:
        return _told_without_call(answer)
    call, got, expected = (first_line(text, LONGEST) for text in (answer.call, answer.got, answer.expected))
    if answer.verdict is Verdict.FAIL:
        return f"answered `{got}` where `{expected}` is right, for `{call}`"
    return f"ended with `{got}` for `{call}`, where `{expected}` is right"


def is_told_whole(cluster: Cluster, limit: int = _ONE_SENTENCE) -> bool:
    """Whether call and values can be read within a sentence of so many characters."""
    texts = (cluster.answer.call or "", cluster.answer.got, cluster.answer.expected)
    return sum(map(len, texts)) <= limit and all(first_line(text, limit) == text for text in texts)


def _told_without_call(answer: CheckOutcome) -> str:
    if answer.verdict is not Verdict.FAIL:
        return f"ended alike: {first_line(answer.message or answer.got or answer.rule)}"
    said = first_line(answer.message or answer.rule)
    return f"broke a rule with `{first_line(answer.got)}`: {said}" if answer.got else f"broke a rule: {said}"


def _ungraded(analysis: ClassAnalysis) -> Iterator[Need]:
    standings = dict(analysis.standings)
    if incomplete := standings[Standing.INCOMPLETE]:
        yield Need(
            title=f"{counted(incomplete, 'submission')} {_is(incomplete)} incomplete",
            sentence="Something of the grading did not take place; that is the grader’s problem, and nobody loses points by it. "
            "Run the same command again: what failed is tried again, and nothing else.",
            anchor="faults",
        )
    if waiting := standings[Standing.WAITING]:
        yield Need(
            title=f"{counted(waiting, 'submission')} {_is(waiting)} not graded yet",
            sentence="Run the same command again: it goes on where it stopped.",
            anchor="waiting",
        )
    if unreadable := standings[Standing.UNREADABLE]:
        yield Need(
            title=f"{counted(unreadable, 'submission')} could not be opened",
            sentence=f"{'It counts' if unreadable == 1 else 'They count'} as 0 until handed in again; the reasons are below.",
            anchor="unreadable",
        )


def _suspects(checks: Sequence[CheckAnalysis]) -> Iterator[Need]:
    suspects = [one for one in checks if one.suspicion in (Suspicion.ALWAYS, Suspicion.BEST)]
    if suspects:
        first = suspects[0]
        more = f", and {counted(len(suspects) - 1, 'more check')}" if suspects[1:] else ""
        yield Need(
            title=f"{counted(len(suspects), 'check')} may be wrong",
            sentence=f"`{first.check.id}` of {first.check.question} is {first.suspicion}{more}.",
            anchor="suspects",
        )


def _comments(analysis: ClassAnalysis) -> Iterator[Need]:
    for place, cluster in enumerate(analysis.clusters[:LARGE_CLUSTERS]):
        size = len(cluster.members)
        if size >= max(WORTH_A_COMMENT, len(analysis.counted) / 20):
            named = f" ({cluster.misconception})" if cluster.misconception else ""
            yield Need(
                title=f"One comment answers {counted(size, 'submission')} in {cluster.answer.question}{named}",
                sentence=f"They {told(cluster) if is_told_whole(cluster, _AT_A_GLANCE) else _outlined(cluster.answer)}",
                anchor=f"answer-{place + 1}",
            )


def _outlined(answer: CheckOutcome) -> str:
    """Return as much of an answer that is too long for a sentence as its reader needs to find it."""
    if not answer.call:
        return _told_without_call(answer)
    what = "gave the same wrong answer" if answer.verdict is Verdict.FAIL else f"ended with `{first_line(answer.got, 80)}`"
    return f"{what} to the same call of `{answer.call.partition('(')[0]}`"


def _questions(analysis: ClassAnalysis) -> Iterator[Need]:
    hard = [one for one in analysis.questions if one.mean_share is not None and one.mean_share < HARD]
    if hard:
        shares = ", ".join(f"{one.question.id} ({100 * (one.mean_share or 0):.0f} %)" for one in hard)
        yield Need(
            title=f"{counted(len(hard), 'question')} {'was' if len(hard) == 1 else 'were'} hard",
            sentence=f"The class earned less than half of the points of {shares}.",
            anchor="questions",
        )
    weak = [
        one.question.id for one in analysis.questions if one.discrimination.value is not None and one.discrimination.high < WEAK
    ]
    if weak:
        yield Need(
            title=f"{counted(len(weak), 'question')} {'does' if len(weak) == 1 else 'do'} not tell who knows the rest",
            sentence=f"Points in {', '.join(weak)} hardly go with points in the others.",
            anchor="questions",
        )


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
