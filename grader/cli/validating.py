"""`validate`: is the assignment fit to be set? The reference passes, the template earns nothing, each known-wrong variant
loses the question that it breaks and no other, and every check catches something."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing.util import Finalize
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from grader.batch.misconceptions import WrongAnswer, file_of, to_text, wrong_answers
from grader.cli.terminal import out, talk
from grader.handout import module_text, notebook_text
from grader.model import Assignment, Job, Report, Verdict
from grader.pipeline import NOTEBOOK_MODULES, grade
from grader.report.writing import replace_text
from grader.sandbox.starting import Sandbox
from grader.schedule.starting import away_from_the_current_folder

PRELOAD = ("torch", "numpy", "scipy.ndimage", *NOTEBOOK_MODULES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One submission with what must come of it."""

    name: str
    path: Path
    breaks: str | None  # the question that it loses; None: see `full`
    full: bool = False  # full marks; otherwise, without `breaks`, no points at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one case."""

    case: Case
    lost: tuple[str, ...]
    caught_by: tuple[str, ...]  # ids of the checks that did not pass
    all_checks: tuple[str, ...]
    answers: tuple[WrongAnswer, ...]
    complaint: str  # empty when all is as it must be


def validate(root: Path, assignment: Assignment, *, jobs: int, write_misconceptions: bool = False) -> bool:
    """Print the matrix of known-wrong variants against checks and return whether everything is as it must be.

    `write_misconceptions`: note what each variant answered, so that a class page can name equal answers of students.
    """
    complaints = [*_stale_files(root, assignment)]
    with tempfile.TemporaryDirectory() as folder:
        cases = [*_own_cases(root, assignment), *_wrong_variants(root, assignment, Path(folder))]
        outcomes = _run(assignment, cases, jobs)
    complaints += [f"{outcome.case.name}: {outcome.complaint}" for outcome in outcomes if outcome.complaint]
    caught = {check for outcome in outcomes if outcome.case.breaks for check in outcome.caught_by}
    everything = {check for outcome in outcomes for check in outcome.all_checks}
    complaints += [f"{check} catches none of the known-wrong variants" for check in sorted(everything - caught)]
    _print(assignment, outcomes, complaints)
    if write_misconceptions:
        replace_text(file_of(assignment), to_text(answer for outcome in outcomes for answer in outcome.answers))
    return not complaints


def _own_cases(root: Path, assignment: Assignment) -> Iterator[Case]:
    slug = assignment.slug
    for suffix in (".py", ".ipynb"):
        yield Case(name=f"reference {slug}{suffix}", path=root / "reference" / slug / (slug + suffix), breaks=None, full=True)
        yield Case(name=f"template {slug}{suffix}", path=root / "student_template" / slug / (slug + suffix), breaks=None)


def _wrong_variants(root: Path, assignment: Assignment, folder: Path) -> Iterator[Case]:
    """Yield the reference with each variant's definitions below it."""
    slug = assignment.slug
    reference = (root / "reference" / slug / f"{slug}.py").read_text(encoding="utf-8")
    for path in sorted((root / "reference" / slug / "wrong").glob("*.py")):
        target = folder / path.stem / f"{slug}.py"
        target.parent.mkdir()
        target.write_text(f"{reference}\n\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
        yield Case(name=path.stem, path=target, breaks=path.stem.split("_")[0])


def _stale_files(root: Path, assignment: Assignment) -> Iterator[str]:
    for path, text in generated_files(root, assignment).items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            yield f"{path.relative_to(root)} is not what its master makes; run `python grade.py template {assignment.slug}`"


def generated_files(root: Path, assignment: Assignment) -> dict[Path, str]:
    """Return the files that are made from the reference module, with their text."""
    slug, names = assignment.slug, assignment.names
    master = (root / "reference" / slug / f"{slug}.py").read_text(encoding="utf-8")
    template = root / "student_template" / slug
    return {
        root / "reference" / slug / f"{slug}.ipynb": notebook_text(master, names, solved=True),
        template / f"{slug}.py": module_text(master, names, solved=False),
        template / f"{slug}.ipynb": notebook_text(master, names, solved=False),
    }


def _run(assignment: Assignment, cases: Sequence[Case], jobs: int) -> list[Outcome]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    context = multiprocessing.get_context("spawn")
    with (
        away_from_the_current_folder(),
        Progress(*columns, console=talk, transient=True) as progress,
        ProcessPoolExecutor(jobs, mp_context=context, initializer=_start_worker, initargs=(assignment,)) as pool,
    ):
        task = progress.add_task(f"validating {assignment.slug}", total=len(cases))
        outcomes = []
        for outcome in pool.map(_judge_case, cases):
            outcomes.append(outcome)
            progress.advance(task)
        return outcomes


class _Worker:
    """What one worker process keeps: these submissions are our own, so one sandbox serves them all."""

    assignment: Assignment
    sandbox: Sandbox


def _start_worker(assignment: Assignment) -> None:
    _Worker.assignment = assignment
    _Worker.sandbox = sandbox = Sandbox(preload=PRELOAD)
    Finalize(None, sandbox.close, exitpriority=1)  # a worker of a pool leaves without `atexit`


def _judge_case(case: Case) -> Outcome:
    report = grade(Job(assignment=_Worker.assignment, path=case.path, hidden=True), sandbox=_Worker.sandbox)
    lost = tuple(q.question.id for q in report.score.questions if q.points < q.out_of)
    checks = [check for question in report.score.questions for check in question.checks]
    return Outcome(
        case=case,
        lost=lost,
        caught_by=tuple(check.id for check in checks if check.verdict is not Verdict.PASS),
        all_checks=tuple(check.id for check in checks),
        answers=wrong_answers(report, _in_words(case.name)) if case.breaks else (),
        complaint=_complaint(case, report, lost),
    )


def _in_words(name: str) -> str:
    """Return a variant's name as a person reads it: "a2_ceil_instead_of_floor" -> "ceil instead of floor"."""
    return name.partition("_")[2].replace("_", " ")


def _complaint(case: Case, report: Report, lost: Sequence[str]) -> str:
    if report.faults or report.unreadable:
        return report.unreadable or f"fault: {report.faults[0].message} {report.faults[0].details[-600:]}"
    if case.breaks is None and report.loading.incidents:
        return f"it does not run from top to bottom: {report.loading.incidents[0].message}"
    if case.full and lost:
        return f"loses {', '.join(lost)} and must lose nothing"
    if not case.full and case.breaks is None and report.score.points:
        return f"earns {report.score.points:g} points and must earn none"
    if case.breaks is not None and tuple(lost) != (case.breaks,):
        return f"loses {', '.join(lost) or 'nothing'} and must lose {case.breaks} alone"
    return ""


def _print(assignment: Assignment, outcomes: Sequence[Outcome], complaints: Sequence[str]) -> None:
    table = Table(title=f"{assignment.title}: what each known-wrong variant is caught by", title_justify="left")
    table.add_column("variant", overflow="fold")
    table.add_column("loses")
    table.add_column("caught by", overflow="fold")
    for outcome in outcomes:
        if outcome.case.breaks is None:
            expected = "nothing" if outcome.case.full else "everything"
            table.add_row(outcome.case.name, expected if not outcome.complaint else ", ".join(outcome.lost), "")
        else:
            table.add_row(outcome.case.name, ", ".join(outcome.lost), "\n".join(outcome.caught_by))
    out.print(table)
    variants = sum(outcome.case.breaks is not None for outcome in outcomes)
    if complaints:
        out.print(f"[bold red]{len(complaints)} complaints[/]")
        for complaint in complaints:
            out.print(f"  {complaint}", markup=False)
    else:
        out.print(f"[bold green]fit to be set[/]: {variants} known-wrong variants, each caught by its own question alone")
