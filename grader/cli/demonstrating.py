"""`demo`: grades the bundled hand-ins end to end."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from grader.cli.terminal import out, talk
from grader.model import Assignment, Job, Profile, Report, Verdict
from grader.pipeline import Warm
from grader.report.writing import write_report
from grader.specs import list_assignments, read_assignment

HAND_INS = ("tests", "hand_ins", "demo")


def demonstrate(root: Path, folder: Path) -> bool:
    """Grade every bundled hand-in, print a row for each, and return whether there was no fault."""
    table = Table(title="the bundled hand-ins", title_justify="left")
    for name, justify in (("hand-in", "left"), ("points", "right"), ("loses points in", "left"), ("page", "left")):
        table.add_column(name, justify=justify, overflow="fold")  # type: ignore[arg-type]  # the two words are legal
    complete = True
    with Warm() as warm:
        for assignment, path in _hand_ins(root):
            with talk.status(f"grading {assignment.slug}/{path.name}"):
                report = warm.grade(Job(assignment=assignment, path=path, hidden=True, profile=Profile.QUICK))
            page = write_report(report, folder / "reports" / report.submission_id)
            points = f"{report.score.points:.4g} of {report.score.out_of:g}"
            table.add_row(path.name, points, _losses(report), str(page.relative_to(folder)))
            complete = complete and report.score.complete
    out.print(table)
    out.print(f"The pages are below {folder.resolve()}; open one in a browser to see what a student gets.", soft_wrap=True)
    return complete


def _hand_ins(root: Path) -> list[tuple[Assignment, Path]]:
    found = []
    for slug in list_assignments(root / "assignments"):
        folder = root.joinpath(*HAND_INS, slug)
        if folder.is_dir():
            assignment = read_assignment(root / "assignments", slug)
            found += [(assignment, path) for path in sorted(folder.iterdir()) if path.name[0] not in "._"]
    return found


def _losses(report: Report) -> str:
    if report.unreadable:
        return "everything: the file cannot be read"
    questions = [question for question in report.score.questions if question.points < question.out_of]
    if len(questions) == len(report.score.questions):
        return f"everything ({questions[0].verdict})"
    lost = [f"{q.question.id} ({_word(q.verdict)})" for q in questions if q.verdict is not Verdict.MISSING]
    missing = [question.question.id for question in questions if question.verdict is Verdict.MISSING]
    return ", ".join([*lost, *([f"not there: {' '.join(missing)}"] if missing else [])])


def _word(verdict: Verdict) -> str:
    return "wrong" if verdict is Verdict.FAIL else verdict
