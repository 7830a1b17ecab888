"""`batch`: a class. Reads it, grades what is not graded, shows what a regrade changes before it is written, writes the pages."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from rich.markup import escape

from grader import __version__
from grader.batch.running import Batch, to_grade
from grader.batch.settings import Setting, setting_of
from grader.batch.warming import files_of, packed, warm, warm_elsewhere
from grader.batch.writing import write_class, write_missing_pages
from grader.cli.interrupting import Interrupts
from grader.cli.progress import BatchProgress, counts_in_words
from grader.cli.settling import Settled, settle
from grader.cli.terminal import out, talk
from grader.errors import IntakeError
from grader.intake.attempts import choose_attempts
from grader.intake.classes import open_class
from grader.intake.stamping import stamp_of
from grader.model import Entry, Job
from grader.report.class_page import Ran
from grader.report.visible import visible
from grader.schedule.local import LocalWorkers
from grader.schedule.ray_cluster import RayWorkers
from grader.store.locking import held
from grader.store.store import Store

GRADED, WAITING, FAULT, INTERRUPTED = 0, 1, 3, 130
STORE, STAGING = "results.sqlite", "unpacked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    job: Job  # what all submissions have in common; its path is the class
    folder: Path  # where everything goes
    slots: int
    attempt: str = "last"  # which counts: "last", "first" or "best"
    cluster: str = ""  # address of a Ray cluster; empty: this machine
    fresh: bool = False
    yes: bool = False
    never_lower: bool = False


def grade_class(wish: Wish) -> int:
    """Do what was asked for and return the exit code; raises GraderError."""
    with Interrupts() as interrupts, held(wish.folder), Store(wish.folder / STORE) as store:
        run = store.begin_run(shlex.join(sys.argv), wish.slots)
        try:
            code = _grade(wish, store, interrupts)
        except KeyboardInterrupt:
            store.end_run(run, "interrupted")
            _tell_how_to_go_on(store)
            return INTERRUPTED
        store.end_run(run, {GRADED: "graded", WAITING: "changes wait", FAULT: "faults"}[code])
        return code


def _grade(wish: Wish, store: Store, interrupts: Interrupts) -> int:
    start = time.monotonic()
    with talk.status("reading the class"):
        _enrol(wish, store)
    setting = setting_of(wish.job)
    store.note_setting(setting.key, setting.data)
    if wish.fresh:
        store.forget_everything(why="--fresh")
    store.drop_stale_proposals(setting.key)  # the checks have been edited again, or back
    faults, isolation = _grade_the_rest(wish, store, setting, interrupts)
    settled = settle(store, wish.folder, yes=wish.yes, never_lower=wish.never_lower)
    ran = Ran(
        when=f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}",
        wall_s=time.monotonic() - start,
        seed=wish.job.seed,
        grader=__version__,
        isolation=tuple(sorted(isolation)),
        notes=tuple(_notes(settled)),
    )
    with talk.status("writing the pages"):
        write_missing_pages(store, wish.folder)
        page = write_class(store, wish.folder, wish.job.assignment, ran)
    _tell(store, settled, faults, page)
    return FAULT if faults else WAITING if settled.waiting else GRADED


def _enrol(wish: Wish, store: Store) -> None:
    """Read the class and put everybody on the roll, who cannot be read too."""
    if wish.folder.resolve() == wish.job.path.resolve():
        raise IntakeError("the reports cannot go into the folder of the class; choose another with -o")
    roll = open_class(wish.job.path, staging=wish.folder / STAGING, slug=wish.job.assignment.slug)
    entries = [entry for entry in choose_attempts(roll.entries, wish.attempt) if not _is(entry.path, wish.folder)]
    talk.print(f"{roll.shape}: {len(entries)} submissions to {escape(wish.job.assignment.title)}", soft_wrap=True)
    for note in roll.notes:
        talk.print(f"  {escape(visible(note))}", soft_wrap=True)
    store.enrol(_stamped(entries))


def _is(path: Path | None, folder: Path) -> bool:
    """Whether an entry is our own output, which lies in the class's folder."""
    return path is not None and path.exists() and path.samefile(folder)


def _stamped(entries: list[Entry]) -> Iterator[tuple[Entry, str]]:
    for entry in entries:
        try:
            yield entry, stamp_of(entry.path) if entry.path is not None else ""
        except IntakeError as error:
            yield replace(entry, problem=str(error)), ""


def _grade_the_rest(wish: Wish, store: Store, setting: Setting, interrupts: Interrupts) -> tuple[list[str], frozenset[str]]:
    """Grade what has no report for this setting; return the ids that stay faults, and how submissions were kept apart."""
    work = to_grade(store, setting)
    if not work:
        return [], frozenset()
    with interrupts.held_back(), BatchProgress(len(work)) as progress, _workers(wish) as workers:
        batch = Batch(
            store,
            workers,
            wish.job,
            setting,
            progress,
            folder=wish.folder,
            pack=packed if wish.cluster else None,
            is_stopped=lambda: interrupts.asked,
        )
        batch.run(work)
    if interrupts.asked:
        raise KeyboardInterrupt
    talk.print(f"graded {len(work)}: {counts_in_words(progress.counts)}", soft_wrap=True)
    return batch.faults, workers.descriptions


def _workers(wish: Wish) -> LocalWorkers | RayWorkers:
    job = wish.job
    if not wish.cluster:
        return LocalWorkers(partial(warm, isolation=job.isolation, at_least=job.at_least, data=job.data), slots=wish.slots)
    files = files_of(job.assignment)
    prepare = partial(
        warm_elsewhere,
        isolation=job.isolation,
        at_least=job.at_least,
        slug=job.assignment.slug,
        files=files,
        data=job.data,
    )
    return RayWorkers(wish.cluster, prepare)


def _notes(settled: Settled) -> Iterator[str]:
    if settled.waiting:
        yield f"{settled.waiting} reports were graded again and differ; the changes wait to be written (--yes)."
    if settled.kept:
        yield f"{settled.kept} scores are lower after a regrade and were kept as they were (--never-lower)."


def _tell(store: Store, settled: Settled, faults: list[str], page: Path) -> None:
    if settled.written or settled.kept:
        out.print(f"{settled.written} changed reports written, {settled.kept} kept as they were")
    reports = [grade.report for grade in store.grades() if grade.report]
    whole = [report.points for report in reports if report.complete]
    mean = f", mean {sum(whole) / len(whole):.4g} points" if whole else ""
    out.print(f"{len(reports)} submissions graded{mean}")
    for submission_id in faults[:5]:
        how = f"tried {store.grade_of(submission_id).tries} times; the same command tries again"
        out.print(f"[magenta]not graded, our problem[/]: {escape(visible(submission_id))} ({how})", soft_wrap=True)
    out.print(f"The class page: [bold]{escape(str(page))}[/]", soft_wrap=True)


def _tell_how_to_go_on(store: Store) -> None:
    grades = list(store.grades())
    done = sum(grade.report is not None for grade in grades)
    talk.print(
        f"interrupted: {done} of {len(grades)} submissions have a report, all stored; the same command goes on:", soft_wrap=True
    )
    talk.print(f"  {escape(shlex.join(['python', *sys.argv]))}", soft_wrap=True)
