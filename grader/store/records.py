"""What the store gives back, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.model import Entry, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands above an accepted report: enough for lists and for deciding what is to be graded."""

    stamp: str  # of the bytes that were graded
    setting: str  # key of the setting in which they were graded
    kept_for: tuple[str, ...]  # keys of later settings whose report was turned down: this one counts there too
    points: float
    out_of: float
    complete: bool  # False when a fault leaves something to be graded again
    unreadable: str  # why the submission could not be opened, else empty
    verdict: Verdict  # the worst of its questions
    wall_s: float
    at: str  # when it was graded, UTC, ISO 8601

    def counts_for(self, setting: str) -> bool:
        """Tell whether this report stands in that setting, so that nothing is to be graded again."""
        return setting == self.setting or setting in self.kept_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One entry on the roll and what is known of it."""

    entry: Entry
    stamp: str  # of the bytes handed in now; empty when there are none
    report: Header | None  # of the accepted report, which may be of other bytes or another setting
    tries: int  # how many times in a row grading these bytes ended in a fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A report of the same work in another setting, waiting to be accepted or turned down."""

    id: str
    entry: Entry
    before: dict[str, Any]  # the accepted result
    after: dict[str, Any]
    before_setting: dict[str, Any] | None  # what was noted of the two settings
    after_setting: dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One thing that happened to somebody's report."""

    at: str  # UTC, ISO 8601
    id: str  # empty: it happened to all
    what: str  # "graded", "graded again", "handed in anew", "regraded", "kept", "fault", "forgotten"
    points_before: float | None  # None: there was no report
    points_after: float | None  # None: there is none
    proposed: float | None  # points of a report that was turned down
    out_of: float | None
    who: str  # user@machine
    why: str
    setting_before: str  # keys; empty where there was no report
    setting_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One batch: what was asked for, and how it ended."""

    number: int
    command: str
    jobs: int
    who: str
    started: str  # UTC, ISO 8601
    ended: str  # empty: it is at work, or was killed
    how: str  # as the batch says
