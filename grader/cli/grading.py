"""`check` and `grade`: one submission, a table in the terminal and a page."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from grader.cli.terminal import out, talk
from grader.model import CheckResult, Job, QuestionScore, Report, Verdict
from grader.pipeline import grade
from grader.report.result_json import result_of, to_text
from grader.report.visible import visible
from grader.report.wording import counted
from grader.report.writing import write_report

_COLOURS = {Verdict.PASS: "green", Verdict.INCONCLUSIVE: "yellow", Verdict.NOT_RUN: "dim", Verdict.FAULT: "magenta"}
_SIGNS = {Verdict.PASS: "✓", Verdict.INCONCLUSIVE: "≈", Verdict.NOT_RUN: "–", Verdict.FAULT: "!"}
GRADED, BELOW, UNREADABLE, FAULT = 0, 1, 2, 3


def grade_one(job: Job, folder: Path, *, as_json: bool) -> int:
    """Grade one submission, print it, write its report, and return the exit code."""
    with talk.status(f"grading {escape(job.path.name)}"):
        report = grade(job)
    page = write_report(report, folder / "reports" / report.submission_id)
    if as_json:
        out.print(to_text(result_of(report)), end="", markup=False, soft_wrap=True)
    else:
        print_report(report)
        out.print(f"\nThe page: [bold]{escape(str(page))}[/]", soft_wrap=True)
    return exit_code(report)


def exit_code(report: Report) -> int:
    """Return the exit code of one graded submission; only a self-check (public checks) can be below."""
    if report.unreadable:
        return UNREADABLE
    if report.faults:
        return FAULT
    checking = report.environment.checks == "public"
    return BELOW if checking and report.score.points < report.score.out_of else GRADED


def print_report(report: Report) -> None:
    """Print the table of questions, then the first failure with all that helps to mend it."""
    if report.unreadable:
        out.print(f"[bold red]{escape(visible(report.submission_id))} cannot be read[/]: {_safe(report.unreadable)}")
        return
    for incident in report.loading.incidents[:3]:
        out.print(f"[yellow]{_safe(incident.where)} raised[/] {_safe(incident.message.splitlines()[0])}")
    out.print(_table(report))
    if report.written:
        out.print(_written(report))
    for fault in report.faults[:3]:
        out.print(f"[magenta]not graded, our problem[/] ({_safe(fault.where)}): {_safe(fault.message)}")
    first = next((check for q in report.score.questions for check in q.checks if check.verdict.is_lost), None)
    if first is not None:
        _print_failure(first)


def _table(report: Report) -> Table:
    score = report.score
    note = " (public checks alone)" if report.environment.checks == "public" else ""
    note += "" if score.complete else " (incomplete)"
    table = Table(title=f"{score.points:g} of {score.out_of:g} points{note}", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("question")
    table.add_column("points", justify="right")
    table.add_column("what came")
    for question in score.questions:
        colour = _COLOURS.get(question.verdict, "red")
        points = f"{question.points:.4g} / {question.out_of:.4g}"
        sign = f"[{colour}]{_SIGNS.get(question.verdict, '✗')}[/]"
        table.add_row(sign, f"[bold]{question.question.id}[/] {escape(question.question.title)}", points, _what(question))
    return table


def _written(report: Report) -> str:
    """Return one line on the written answers; whether they are right is for a person to say."""
    missing = [answer.question for answer in report.written if not answer.found]
    found = len(report.written) - len(missing)
    line = f"written answers: {found} of {len(report.written)} found"
    return f"{line}; [yellow]missing: {_safe(', '.join(missing))}[/]" if missing else line


def _what(question: QuestionScore) -> str:
    first = next((check for check in question.checks if check.verdict.is_lost), None)
    if first is None:
        return (
            f"[dim]{counted(len(question.checks), 'check')} passed[/]" if question.verdict is Verdict.PASS else question.verdict
        )
    return f"[red]{first.verdict}[/] {_safe(first.message.splitlines()[0][:90] if first.message else '')}"


def _print_failure(check: CheckResult) -> None:
    out.print(f"\n[bold]{check.question}: {_safe(check.rule)}[/]")
    out.print(f"  {_safe(check.message)}")
    example = check.counterexample
    if example is not None:
        for label, text in (("call", example.call), ("yours", example.got), ("should be", example.expected)):
            if text:
                out.print(f"  [dim]{label:>9}[/]  {_safe(text)}", soft_wrap=True)
    if check.traceback:
        out.print(_safe(check.traceback), style="dim")
    if check.reproduce:
        out.print("\n[dim]paste this to see it:[/]")
        out.print(_safe(check.reproduce), soft_wrap=True)


def _safe(text: str) -> str:
    """Return text of a submission without markup, colours or other control characters."""
    return escape(visible(text))
