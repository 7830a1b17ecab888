"""The submissions of which it is known what must come of them: reference, template and known-wrong variants."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.cli.changing import changed_questions, read_reference, without_examples
from grader.errors import SpecError
from grader.model import Assignment


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One submission with what must come of it."""

    name: str
    path: Path
    breaks: str | None = None  # the question that it loses; None: see `full`
    full: bool = False  # full marks; otherwise, without `breaks`, no points at all
    changes: frozenset[str] | None = None  # questions that may answer otherwise than the reference does; None: any


def own_cases(root: Path, assignment: Assignment) -> Iterator[Case]:
    """Yield the reference and the template, each as a module and as a notebook; the reference's module comes first."""
    slug = assignment.slug
    for suffix in (".py", ".ipynb"):
        yield Case(name=f"reference {slug}{suffix}", path=root / "reference" / slug / (slug + suffix), full=True)
        yield Case(name=f"template {slug}{suffix}", path=root / "student_template" / slug / (slug + suffix))


def wrong_variants(root: Path, assignment: Assignment, folder: Path, *, questions: Collection[str] = ()) -> Iterator[Case]:
    """Yield the reference with each variant's definitions below it, written below `folder`; `questions` limits them to some.

    The reference's examples are left out: they take longer than the checks of one question.

    Raises SpecError for a variant that names no question or is no Python.
    """
    slug = assignment.slug
    reference = (root / "reference" / slug / f"{slug}.py").read_text(encoding="utf-8")
    known = read_reference(assignment, reference)
    for path in sorted((root / "reference" / slug / "wrong").glob("*.py")):
        breaks, text = path.stem.split("_")[0], path.read_text(encoding="utf-8")
        if breaks not in {question.id for question in assignment.questions}:
            raise SpecError(f"{path} must be called <question>_<mistake>.py; {slug} has no question {breaks!r}")
        if questions and breaks not in questions:
            continue
        try:
            changes = changed_questions(known, text, breaks=breaks)
        except SyntaxError as error:
            raise SpecError(f"{path} is no Python: {error}") from error
        target = folder / path.stem / f"{slug}.py"
        target.parent.mkdir(parents=True)
        target.write_text(f"{without_examples(known, reference, text)}\n\n{text}", encoding="utf-8")
        yield Case(name=path.stem, path=target, breaks=breaks, changes=changes)
