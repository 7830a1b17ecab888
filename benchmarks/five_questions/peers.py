"""What every peer is asked: grade these submissions, and say what each question got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.five_questions.environments import NotHereError
from benchmarks.five_questions.making import Answers, points_of_questions, right_answers, variants, wrong_answers

LIMIT_S = 300.0  # for one command of a peer


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """What came of it."""

    wall_s: float  # of the commands that grade; making their input and reading their results is left out
    points: tuple[Mapping[str, float], ...]  # by question, one for each submission


class Peer(Protocol):
    """Another grader, installed and given the assignment."""

    @property
    def name(self) -> str:
        """What it is called in options and tables."""

    @property
    def versions(self) -> str:
        """Its version, and those of what it runs notebooks with."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of submissions that it reads."""

    @property
    def grades_many(self) -> bool:
        """Whether one command of it grades a whole class."""

    def grade(self, submissions: Sequence[Answers], *, kind: str, work: Path) -> Graded:
        """Grade these, in an empty folder; raises NotHereError when it does not run."""


def require_right_scores(peer: Peer, work: Path) -> None:
    """Let a peer grade a right submission and one wrong in each question; raises NotHereError unless all get their due."""
    wrong = [wrong_answers(question, variants(question, "wrong")[0]) for question in points_of_questions()]
    for kind in peer.kinds:
        submissions = [right_answers(), *wrong]
        require_due_points(peer.name, submissions, peer.grade(submissions, kind=kind, work=work / kind).points)


def require_due_points(name: str, submissions: Sequence[Answers], points: Sequence[Mapping[str, float]]) -> None:
    """Every submission got the points that it was made for; raises NotHereError."""
    for answers, got in zip(submissions, points, strict=True):
        due = {question: 0.0 if question == answers.wrong else most for question, most in points_of_questions().items()}
        if dict(got) != due:
            raise NotHereError(f"{name} gave {answers.student} {dict(got)} where {due} is due")
