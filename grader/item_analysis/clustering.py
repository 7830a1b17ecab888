"""The same wrong answer of several submissions, told by what came back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.class_results import CheckOutcome, ClassResult, Standing, by_name, questions_of, shortened
from grader.model import Verdict, Visibility

SMALLEST = 2  # submissions that make a cluster

# What differs from file to file and from run to run although the answer is the same.
_PLACE = re.compile(r"\b(line|cell) \d+|\b0x[0-9a-fA-F]{4,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Submissions that gave the same wrong answer."""

    answer: CheckOutcome  # the one that tells most, as the first of the members gave it
    also: tuple[CheckOutcome, ...]  # other wrong answers that the very same submissions share
    members: tuple[ClassResult, ...]  # in the order of their names
    misconception: str = ""  # its name, where it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    answer: CheckOutcome
    members: tuple[ClassResult, ...]


def clusters_of(
    results: Sequence[ClassResult], misconceptions: Mapping[tuple[str, str, str], str]
) -> tuple[tuple[Cluster, ...], int]:
    """Return the wrong answers that submissions share, those of most first, and the number of those that only one gave.

    Answers to one check are the same when call and answer are, or, without a counterexample, verdict and message; numbers of
    lines and cells and addresses do not count. Answers of the very same submissions to several checks of a question are one
    cluster; so are answers to several questions that never came to a call (a name that is missing, a process that ended).
    `misconceptions` gives (check id, call, got) the name of a known one.
    """
    groups: dict[tuple[str, ...], list[tuple[CheckOutcome, ClassResult]]] = {}
    for result in sorted(results, key=by_name):
        if result.standing is Standing.UNREADABLE:
            continue
        for check in _lost(result):
            groups.setdefault(_key(check), []).append((check, result))
    shared = [
        _Shared(answer=found[0][0], members=tuple(result for _, result in found))
        for found in groups.values()
        if len(found) >= SMALLEST
    ]
    names = {_answer_of(*answer): name for answer, name in misconceptions.items()}
    places = {question.id: place for place, question in enumerate(questions_of(results))}
    clusters = [_cluster(same, names) for same in _of_the_same(shared)]
    clusters.sort(key=lambda c: (-len(c.members), places[c.answer.question], c.answer.id, c.answer.call or "", c.answer.got))
    return tuple(clusters), sum(len(found) < SMALLEST for found in groups.values())


@lru_cache(maxsize=2**14)
def bare(text: str) -> str:
    """Return a text without what differs from file to file: numbers of lines and cells, addresses."""
    return _PLACE.sub(lambda found: f"{found[1]} …" if found[1] else "0x…", text)


def _lost(result: ClassResult) -> Iterable[CheckOutcome]:
    return (check for question in result.questions for check in question.checks if check.verdict.is_lost)


def _key(check: CheckOutcome) -> tuple[str, ...]:
    """Return what two equal wrong answers have in common."""
    if check.call is None:
        return (check.question, check.id, check.verdict, bare(check.message))
    return (check.question, check.id, "", bare(check.call), bare(check.got))


def _answer_of(check_id: str, call: str, got: str) -> tuple[str, str, str]:
    """Return what an answer is known by, also where it is too long to be held."""
    return (check_id, bare(shortened(call)), bare(shortened(got)))


def _of_the_same(shared: Iterable[_Shared]) -> Iterable[list[_Shared]]:
    """Yield the answers that belong together, because the very same submissions gave them."""
    together: dict[tuple[object, ...], list[_Shared]] = {}
    for one in shared:
        ended = one.answer.verdict is not Verdict.FAIL and not one.answer.call
        of = ("", one.answer.verdict) if ended else (one.answer.question,)
        together.setdefault((*of, *(member.id for member in one.members)), []).append(one)
    return together.values()


def _cluster(same: list[_Shared], names: Mapping[tuple[str, str, str], str]) -> Cluster:
    def name_of(check: CheckOutcome) -> str:
        return names.get(_answer_of(check.id, check.call or "", check.got), "")

    first, *rest = sorted(same, key=lambda one: (not name_of(one.answer), *_tells_most(one.answer)))
    return Cluster(
        answer=first.answer, also=tuple(one.answer for one in rest), members=first.members, misconception=name_of(first.answer)
    )


def _tells_most(check: CheckOutcome) -> tuple[bool, bool, int, bool, str]:
    """Order answers: a call with a wrong value first, then what is read at once, then what students can run themselves."""
    length = len(check.call or "") + len(check.expected) + len(check.got)
    return (not check.call, check.verdict is not Verdict.FAIL, length, check.visibility is Visibility.HIDDEN, check.id)
