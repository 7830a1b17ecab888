"""`list`: which assignments there are."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from grader.cli.terminal import out
from grader.model import Assignment


def print_assignments(assignments: Sequence[Assignment]) -> None:
    """Print a row for each assignment."""
    table = Table()
    for name, justify in (("slug", "left"), ("title", "left"), ("questions", "right"), ("points", "right")):
        table.add_column(name, justify=justify)  # type: ignore[arg-type]  # the two words are legal
    for assignment in assignments:
        points = sum(question.points for question in assignment.questions)
        table.add_row(assignment.slug, assignment.title, str(len(assignment.questions)), f"{points:g}")
    out.print(table)
