"""The whole analysis of a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.class_results import ClassResult, FaultSeen, Standing, by_name, counted, most_points
from grader.item_analysis.checks import CheckAnalysis, analyse_checks
from grader.item_analysis.clustering import Cluster, bare, clusters_of
from grader.item_analysis.distributing import Distribution, percent_distribution, time_distribution
from grader.item_analysis.questions import QuestionAnalysis, analyse_questions
from grader.model import Verdict

SLOWEST = 10  # submissions that are named


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictCount:
    """How often a verdict was given to a question, and in how many submissions it occurs."""

    verdict: Verdict
    questions: int
    submissions: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultGroup:
    """A reason why grading did not take place, and the submissions that it struck."""

    fault: FaultSeen
    members: tuple[ClassResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassAnalysis:
    """What a class's results say. Everything but `faults` and `unreadable` looks at one attempt of each student."""

    counted: tuple[ClassResult, ...]  # one for each student, in the order of their names
    uncounted: int  # attempts that were graded beside these
    standings: tuple[tuple[Standing, int], ...]  # each of them, also where nobody has it
    out_of: float  # the most that a submission could earn
    scores: Distribution | None  # in percent; unreadable ones are 0, incomplete and waiting ones are left out
    questions: tuple[QuestionAnalysis, ...]
    checks: tuple[CheckAnalysis, ...]
    clusters: tuple[Cluster, ...]
    alone: int  # wrong answers that only one submission gave
    verdicts: tuple[VerdictCount, ...]  # in the order of `Verdict`, those that occur
    faults: tuple[FaultGroup, ...]
    unreadable: tuple[ClassResult, ...]
    times: Distribution | None  # in seconds, of what was run
    slowest: tuple[ClassResult, ...]


def analyse(results: Sequence[ClassResult], misconceptions: Mapping[tuple[str, str, str], str] | None = None) -> ClassAnalysis:
    """Return the analysis of a class; the order of the results does not matter.

    What was not graded yet counts nowhere. Unreadable submissions are scores of 0, but say nothing about a question or a
    check. A fault is never a zero: its checks and questions are left out, and so is the total of its submission.
    `misconceptions` gives (check id, call, got) the name of a known one.
    """
    chosen = counted(results)
    clusters, alone = clusters_of(chosen, misconceptions or {})
    run = [result for result in chosen if result.has_report and result.standing is not Standing.UNREADABLE]
    return ClassAnalysis(
        counted=chosen,
        uncounted=sum(len(result.others) for result in chosen),
        standings=tuple((standing, sum(result.standing is standing for result in chosen)) for standing in Standing),
        out_of=most_points(chosen),
        scores=percent_distribution(_percentages(chosen)),
        questions=analyse_questions(chosen),
        checks=analyse_checks(chosen),
        clusters=clusters,
        alone=alone,
        verdicts=_verdicts(run),
        faults=_faults(results),
        unreadable=tuple(sorted((r for r in results if r.standing is Standing.UNREADABLE), key=by_name)),
        times=time_distribution([result.wall_s for result in run]),
        slowest=tuple(sorted(run, key=lambda result: (-result.wall_s, by_name(result)))[:SLOWEST]),
    )


def _percentages(results: Sequence[ClassResult]) -> list[float]:
    shares = [
        result.points / result.out_of if result.standing is Standing.GRADED else 0.0
        for result in results
        if result.standing is Standing.UNREADABLE or (result.standing is Standing.GRADED and result.out_of > 0)
    ]
    return [round(100 * share, 6) for share in shares]  # 0.7 of the points is 70 %, and not a little more


def _verdicts(results: Sequence[ClassResult]) -> tuple[VerdictCount, ...]:
    of_each = [[question.verdict for question in result.questions] for result in results]
    questions = Counter(verdict for verdicts in of_each for verdict in verdicts)
    submissions = Counter(verdict for verdicts in of_each for verdict in set(verdicts))
    return tuple(
        VerdictCount(verdict=verdict, questions=questions[verdict], submissions=submissions[verdict])
        for verdict in Verdict
        if questions[verdict]
    )


def _faults(results: Sequence[ClassResult]) -> tuple[FaultGroup, ...]:
    """Return the faults, each reason once, the one that struck most submissions first."""
    struck: dict[tuple[str, str], dict[str, tuple[FaultSeen, ClassResult]]] = {}
    for result in sorted(results, key=by_name):
        for fault in result.faults:
            struck.setdefault((fault.where, bare(fault.message)), {}).setdefault(result.id, (fault, result))
    groups = [
        FaultGroup(fault=next(iter(found.values()))[0], members=tuple(result for _, result in found.values()))
        for found in struck.values()
    ]
    return tuple(sorted(groups, key=lambda group: (-len(group.members), group.fault.where, group.fault.message)))
