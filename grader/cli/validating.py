"""`validate`: is the assignment fit to be set? The reference passes, the template earns nothing, each known-wrong variant
loses the question that it breaks and no other, and each check catches a variant that no other check catches."""

from __future__ import annotations

import pickle
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from textwrap import indent

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.batch.misconceptions import WrongAnswer, file_of, to_text, wrong_answers
from grader.batch.warming import warm
from grader.cli.matrix import Column, Row, columns_of, complaints_of
from grader.cli.terminal import out, talk
from grader.cli.variants import Case, own_cases, wrong_variants
from grader.handout import module_text, notebook_text, provided_text
from grader.model import Asked, Assignment, Job, Profile, Report, Verdict
from grader.report.writing import replace_text
from grader.schedule.local import LocalWorkers
from grader.schedule.workers import ScheduleError, Workers
from grader.specs import provided_sources

_WAIT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case."""

    case: Case
    lost: tuple[str, ...]
    caught_by: tuple[str, ...]  # ids of the checks that it loses
    checks: tuple[tuple[str, str], ...]  # id and question of each check that ran
    left_out: tuple[tuple[str, str], ...]  # id and reason of each check that needs what is not here
    asked: tuple[Asked, ...]
    answers: tuple[WrongAnswer, ...]
    complaint: str  # empty when all is as it must be


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants validated."""

    questions: tuple[str, ...] = ()  # all of it limited to some
    profile: Profile = Profile.FULL
    write_misconceptions: bool = False  # note what each variant answered, so that a class page can name equal answers
    ask_all: bool = False  # ask each variant also what it cannot change (it comes to the same)


def validate(root: Path, assignment: Assignment, wish: Wish, *, jobs: int) -> bool:
    """Print the matrix of known-wrong variants against checks and return whether everything is as it must be.

    Raises GraderError.
    """
    if wish.write_misconceptions and (wish.questions or wish.profile is Profile.QUICK):
        raise click.UsageError("the names of wrong answers are written for everything together: no --question, the full profile")
    with LocalWorkers(partial(warm, isolation="auto", at_least="none"), slots=jobs) as workers:
        return validate_by(workers, root, assignment, wish)


def validate_by(workers: Workers, root: Path, assignment: Assignment, wish: Wish) -> bool:
    """Do the same with workers that are there."""
    complaints = list(_stale_files(root, assignment))
    with tempfile.TemporaryDirectory() as folder:
        variants = list(wrong_variants(root, assignment, Path(folder), questions=wish.questions))
        own = list(own_cases(root, assignment))
        outcomes = _run(workers, assignment, wish, own, variants)
    complaints += [f"{outcome.case.name}: {outcome.complaint}" for outcome in outcomes if outcome.complaint]
    rows = [
        Row(variant=outcome.case.name, question=outcome.case.breaks, caught_by=outcome.caught_by)
        for outcome in outcomes
        if outcome.case.breaks
    ]
    columns = columns_of(rows, dict(check for outcome in outcomes for check in outcome.checks))
    complaints += complaints_of(columns)
    _print(assignment, outcomes, columns, complaints)
    if wish.write_misconceptions:
        replace_text(file_of(assignment), to_text(answer for outcome in outcomes for answer in outcome.answers))
    return not complaints


def generated_files(root: Path, assignment: Assignment) -> dict[Path, str]:
    """Return the files that are made from the reference module, with their text."""
    slug, names = assignment.slug, assignment.names
    master = (root / "reference" / slug / f"{slug}.py").read_text(encoding="utf-8")
    template = root / "student_template" / slug
    return {
        root / "reference" / slug / f"{slug}.ipynb": notebook_text(master, names, solved=True),
        template / f"{slug}.py": module_text(master, names, solved=False),
        template / f"{slug}.ipynb": notebook_text(master, names, solved=False),
        **({template / "provided.py": provided_text(provided_sources(assignment))} if assignment.provided else {}),
    }


def _stale_files(root: Path, assignment: Assignment) -> Iterator[str]:
    for path, text in generated_files(root, assignment).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(root)} is not what its master makes; run `python grade.py template {assignment.slug}`"


def _run(workers: Workers, assignment: Assignment, wish: Wish, own: Sequence[Case], variants: Sequence[Case]) -> list[Outcome]:
    """Grade the reference first: what a variant cannot change is known from it and not asked again."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=talk, transient=True) as progress:
        task = progress.add_task(f"validating {assignment.slug}", total=len(own) + len(variants))
        outcomes: list[Outcome] = []
        for cases in (own, variants):
            known = outcomes[0].asked if outcomes and not wish.ask_all else ()
            wanted = [_job(assignment, case, wish, known) for case in cases]
            found: dict[int, Outcome] = {}
            for number, report in _graded(workers, wanted):
                found[number] = _outcome(cases[number], report)
                progress.advance(task)
            outcomes += [found[number] for number in sorted(found)]
        return outcomes


def _job(assignment: Assignment, case: Case, wish: Wish, known: Sequence[Asked]) -> Job:
    unchanged = tuple(asked for asked in known if case.changes is not None and asked.result.question not in case.changes)
    return Job(
        assignment=assignment, path=case.path, hidden=True, questions=wish.questions, known=unchanged, profile=wish.profile
    )


def _graded(workers: Workers, jobs: Sequence[Job]) -> Iterator[tuple[int, Report]]:
    """Yield the number of each job and its report, in the order in which they end; raises ScheduleError."""
    todo, running = deque(enumerate(jobs)), 0
    while todo or running:
        while todo and running < workers.slots:
            workers.submit(*todo.popleft())
            running += 1
        for ended in workers.wait(_WAIT_S):
            running -= 1
            if ended.answer is None:
                raise ScheduleError(f"{jobs[ended.number].path} could not be graded: {ended.lost}")
            yield ended.number, pickle.loads(ended.answer)  # from a process of ours, which runs no code of a submission


def _outcome(case: Case, report: Report) -> Outcome:
    lost = tuple(q.question.id for q in report.score.questions if q.points < q.out_of)
    checks = [check for question in report.score.questions for check in question.checks]
    return Outcome(
        case=case,
        lost=lost,
        caught_by=tuple(check.id for check in checks if check.verdict.is_lost),
        checks=tuple((check.id, check.question) for check in checks if not check.verdict.is_left_out),
        left_out=tuple((check.id, check.message) for check in checks if check.verdict.is_left_out),
        asked=tuple(_without_picture(asked) for asked in report.asked if asked.result.verdict in (Verdict.PASS, Verdict.NOT_RUN)),
        answers=wrong_answers(report, _in_words(case.name)) if case.breaks else (),
        complaint=_complaint(case, report, lost),
    )


def _without_picture(asked: Asked) -> Asked:
    """Return it without what would travel to each of hundreds of variants, and which nobody looks at."""
    return replace(asked, result=replace(asked.result, picture=""))


def _in_words(name: str) -> str:
    """Return a variant's name as a person reads it: "a2_ceil_instead_of_floor" -> "ceil instead of floor"."""
    return name.partition("_")[2].replace("_", " ")


def _complaint(case: Case, report: Report, lost: Sequence[str]) -> str:
    if report.faults or report.unreadable:
        return report.unreadable or f"fault: {report.faults[0].message}\n{report.faults[0].details[-600:].strip()}"
    if case.breaks is None and report.loading.incidents:
        return f"it does not run from top to bottom: {report.loading.incidents[0].message}"
    if case.full and lost:
        return f"loses {', '.join(lost)} and must lose nothing"
    if not case.full and case.breaks is None and report.score.points:
        return f"earns {report.score.points:g} points and must earn none"
    if case.breaks is not None and tuple(lost) != _expected(case.breaks, report, lost):
        return f"loses {', '.join(lost) or 'nothing'} and must lose {case.breaks} alone"
    return ""


def _expected(breaks: str, report: Report, lost: Sequence[str]) -> tuple[str, ...]:
    """Return what a variant must lose: nothing is as good when checks of its question were left out on this machine."""
    (question,) = (each for each in report.score.questions if each.question.id == breaks)
    return () if not lost and question.not_run else (breaks,)


def _print(assignment: Assignment, outcomes: Sequence[Outcome], columns: Sequence[Column], complaints: Sequence[str]) -> None:
    out.print(_variants_table(assignment, outcomes))
    out.print(_checks_table(columns))
    for check, reason in dict(pair for outcome in outcomes for pair in outcome.left_out).items():
        out.print(f"not run here: {check}: {reason}", markup=False, soft_wrap=True)
    variants = sum(outcome.case.breaks is not None for outcome in outcomes)
    if complaints:
        out.print(f"[bold red]{len(complaints)} complaints[/]")
        for complaint in complaints:
            out.print(indent(complaint, "      ")[4:], markup=False, soft_wrap=True)
    else:
        out.print(
            f"[bold green]fit to be set[/]: {variants} known-wrong variants, each caught by its own question alone; "
            f"{len(columns)} checks, each with a variant that it alone catches",
            soft_wrap=True,
        )


def _variants_table(assignment: Assignment, outcomes: Sequence[Outcome]) -> Table:
    table = Table(title=f"{assignment.title}: what each known-wrong variant is caught by", title_justify="left")
    table.add_column("variant", overflow="fold")
    table.add_column("loses")
    table.add_column("caught by", overflow="fold")
    for outcome in outcomes:
        loses = ", ".join(outcome.lost)
        if outcome.case.breaks is None and not outcome.complaint:
            loses = "nothing" if outcome.case.full else "everything"
        caught_by = "\n".join(outcome.caught_by) if outcome.case.breaks else ""
        table.add_row(outcome.case.name, loses, Text(caught_by))  # the parameters of a check are no markup
    return table


def _checks_table(columns: Sequence[Column]) -> Table:
    table = Table(title="what each check catches", title_justify="left")
    table.add_column("")
    table.add_column("check", overflow="fold")
    table.add_column("catches", justify="right")
    table.add_column("of them, it alone", overflow="fold")
    for column in columns:
        table.add_row(column.question, Text(column.check), str(len(column.caught)), "\n".join(column.alone))
    return table
