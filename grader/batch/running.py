"""The loop of a batch: hands submissions to workers, stores each report as it arrives, tries faults again."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from grader.batch.settings import Setting
from grader.batch.writing import write_report_page
from grader.errors import CheckError
from grader.model import Entry, Fault, Job, Report
from grader.report.result_json import result_of
from grader.schedule.workers import Ended, Workers
from grader.scoring import worst
from grader.specs import digest_of
from grader.store.records import Stored
from grader.store.store import Store
from grader.unjudged import fault_report

TRIES = 3  # of a submission whose grading is a fault
_LOOK_S = 0.2  # at most, until whoever watches hears how time goes by


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One submission that is to be graded."""

    entry: Entry
    stamp: str
    last_s: float | None  # how long it took the last time
    tries: int = 0


class Watcher(Protocol):
    """Who is told how a batch goes on."""

    def started(self, entry: Entry) -> None:
        """A submission is being graded."""

    def ended(self, entry: Entry, verdict: str, *, again: bool) -> None:
        """A submission was graded; `again`: that was a fault, and it is tried again."""

    def look(self) -> None:
        """Time went by."""


def to_grade(store: Store, setting: Setting) -> list[Work]:
    """Return the submissions that have no whole report for this setting, the longest known first."""
    waiting = store.waiting(setting.key)
    work = [
        Work(entry=grade.entry, stamp=grade.stamp, last_s=grade.report.wall_s if grade.report else None)
        for grade in store.grades()
        if grade.entry.id not in waiting and not _is_graded(grade, setting)
    ]
    known = [each.last_s for each in work if each.last_s is not None]
    usual = sum(known) / len(known) if known else 0.0
    return sorted(work, key=lambda each: -(usual if each.last_s is None else each.last_s))


def _is_graded(grade: Stored, setting: Setting) -> bool:
    report = grade.report
    return report is not None and report.complete and report.stamp == grade.stamp and report.counts_for(setting.key)


class Batch:
    """One run over what has to be graded."""

    def __init__(
        self,
        store: Store,
        workers: Workers,
        job: Job,
        setting: Setting,
        watcher: Watcher,
        *,
        folder: Path,
        pack: Callable[[Job], Job] | None = None,
        is_stopped: Callable[[], bool] = bool,
    ) -> None:
        """`job` is what all submissions have in common; its path and id are filled in for each, and `pack` makes it ready
        for workers who have none of this machine's files. `folder` is where the reports go."""
        self._folder = folder
        self._pack = pack
        self._is_stopped = is_stopped
        self._store = store
        self._workers = workers
        self._job = job
        self._setting = setting
        self._watcher = watcher
        self._flying: dict[int, Work] = {}
        self._number = 0
        self.faults: list[str] = []  # ids that stay faults

    def run(self, work: Sequence[Work]) -> None:
        """Grade it all, or until it is stopped: then what is being graded is left.

        Raises ScheduleError, StoreError, and CheckError when the assignment is edited meanwhile.
        """
        queue = deque(work)
        self._fill(queue)
        while self._flying and not self._is_stopped():
            for ended in self._workers.wait(_LOOK_S):
                work_done = self._flying.pop(ended.number)
                self._fill(queue)  # first, so that nobody waits while this one is stored
                again = self._store_end(work_done, ended)
                if again is not None:
                    queue.append(again)
            self._fill(queue)
            self._watcher.look()

    def _fill(self, queue: deque[Work]) -> None:
        while queue and len(self._flying) < self._workers.slots and not self._is_stopped():
            self._submit(queue.popleft())

    def _submit(self, work: Work) -> None:
        self._number += 1
        self._flying[self._number] = work
        self._watcher.started(work.entry)
        self._workers.submit(self._number, self._job_of(work))

    def _job_of(self, work: Work) -> Job:
        job = replace(
            self._job,
            path=work.entry.path or self._job.path,
            id=work.entry.id,
            problem=work.entry.problem,
            known=self._store.known(work.stamp, self._setting.check_keys),
        )
        return self._pack(job) if self._pack else job

    def _store_end(self, work: Work, ended: Ended) -> Work | None:
        """Store what came and return the work again if that was a fault and there are tries left."""
        report = self._report_of(work, ended)
        if report.faults and digest_of(self._job.assignment) != self._job.assignment.digest:
            raise CheckError(
                f"the files of {self._job.assignment.slug} changed while the batch ran; "
                f"what was graded before is stored, and the same command goes on with the new files"
            )
        again = replace(work, tries=work.tries + 1) if report.faults and work.tries + 1 < TRIES else None
        self._save(work, report)
        if report.faults:
            self._store.tried(work.entry.id)
        if report.faults and again is None:
            self.faults.append(work.entry.id)
        self._watcher.ended(work.entry, verdict_of(report), again=again is not None)
        return again

    def _report_of(self, work: Work, ended: Ended) -> Report:
        if ended.answer is not None:
            report: Report = pickle.loads(ended.answer)  # written by a process of ours
            return report
        fault = Fault(where="the judge", message=ended.lost)
        return fault_report(self._job, work.entry.id, fault, wall_s=0.0)

    def _save(self, work: Work, report: Report) -> None:
        """Store a report: a regrade of the same work waits to be looked at, and a fault never replaces a whole report."""
        before = self._store.grade_of(work.entry.id).report
        is_regrade = before is not None and before.complete and before.stamp == work.stamp
        keys, answers = self._setting.check_keys, report.asked
        if is_regrade and report.faults:
            self._store.remember(work.stamp, answers, keys)
            return
        put = self._store.propose if is_regrade else self._store.save
        put(
            work.entry.id,
            stamp=work.stamp,
            setting=self._setting.key,
            result=result_of(report),
            asked=answers,
            keys=keys,
        )
        if not is_regrade:
            write_report_page(self._store, self._folder, work.entry.id)


def verdict_of(report: Report) -> str:
    """Return the one word for a whole submission: the worst verdict of its questions, or that it cannot be read."""
    return "unreadable" if report.unreadable else worst(question.verdict for question in report.score.questions)
