"""Verbs and options. Each verb does its work in a module of its own, imported when it is asked for: torch takes seconds."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from grader.errors import GraderError, IntakeError, SpecError
from grader.model import Assignment, Job, Profile
from grader.specs import list_assignments, read_assignment
from grader.store.failing import BusyError

GRADED, BELOW, USAGE, FAULT, INTERRUPTED = 0, 1, 2, 3, 130
DEFAULT_FOLDER = "graded"

_isolation = click.option(
    "--isolation",
    type=click.Choice(["auto", "A", "B", "C", "none"]),
    default="auto",
    show_default=True,
    help="How submissions are kept apart (docs/security.md); auto takes the strongest that this machine has.",
)
_at_least = click.option(
    "--at-least",
    type=click.Choice(["A", "B", "C", "none"]),
    default=None,
    help="Refuse to grade behind weaker walls. Default: the strongest that `doctor` found on this machine, else C.",
)
_questions = click.option("--question", "-q", "questions", multiple=True, help="Only this question; may be repeated.")
_seed = click.option("--seed", type=int, envvar="GRADER_SEED", default=0, help="Secret seed of the hidden checks (GRADER_SEED).")
_engine = click.option(
    "--notebook-engine",
    type=click.Choice(["shell", "jupyter"]),
    default="shell",
    show_default=True,
    help="What runs the cells of a notebook: IPython's shell in the warm runner, or a real Jupyter kernel.",
)
_data = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default="data",
    show_default=True,
    help="Root of the data sets that submissions may read (docs/data.md); need not be there.",
)
_output = click.option(
    "-o", "--output", type=click.Path(file_okay=False, path_type=Path), default=DEFAULT_FOLDER, show_default=True,
    help="Where the reports go.",
)  # fmt: skip


def _profile(default: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return the option that says how long checks may take."""
    return click.option(
        "--profile",
        type=click.Choice(["quick", "full"]),
        default=default,
        show_default=True,
        help="quick leaves out checks that train for long, and says so.",
    )


def _how_to_grade(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that `_job` takes."""
    for option in (_engine, _at_least, _isolation, _data, _profile("full"), _seed):
        command = option(command)
    return command


def main(root: Path) -> NoReturn:
    """Run the command line for the assignments below a folder and leave with its exit code."""
    try:
        code = commands.main(obj=root, standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = USAGE
    except (SpecError, IntakeError, BusyError) as error:
        click.echo(f"error: {error}", err=True)
        code = USAGE
    except GraderError as error:
        click.echo(f"fault: {error}", err=True)
        code = FAULT
    sys.exit(code if isinstance(code, int) else GRADED)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
def commands() -> None:
    """Grade PyTorch assignments: student code runs in a sandbox, the verdict is made outside.

    Exit codes: 0 graded (check: and all passed), 1 below that, 2 usage or unreadable input, 3 a fault, 130 interrupted.
    """


@commands.command("list")
@click.pass_obj
def list_(root: Path) -> int:
    """List the assignments.  Example: python grade.py list"""
    from grader.cli.listing import print_assignments

    print_assignments([read_assignment(root / "assignments", slug) for slug in list_assignments(root / "assignments")])
    return GRADED


@commands.command()
@click.argument("slug_and_path", nargs=-1, required=True, metavar="[SLUG] PATH")
@_questions
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of a table.")
@_profile("quick")
@_output
@_data
@_isolation
@_engine
@click.pass_obj
def check(
    root: Path,
    slug_and_path: tuple[str, ...],
    questions: tuple[str, ...],
    as_json: bool,
    profile: str,
    output: Path,
    data: Path,
    isolation: str,
    notebook_engine: str,
) -> int:
    """Check your own work with the public checks.  Example: python grade.py check conv_nets my_conv_nets.ipynb"""
    from grader.cli.grading import grade_one

    assignment, path = _assignment_and_path(root, slug_and_path)
    _require_questions(assignment, questions)
    job = Job(
        assignment=assignment,
        path=path,
        hidden=False,
        questions=questions,
        profile=Profile(profile),
        data=_folder(data),
        isolation=isolation,
        notebook_engine=notebook_engine,
    )
    return grade_one(job, output, as_json=as_json)


@commands.command()
@click.argument("slug_and_path", nargs=-1, required=True, metavar="[SLUG] PATH")
@_questions
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON instead of a table.")
@_output
@_how_to_grade
@click.pass_obj
def grade(
    root: Path, /, slug_and_path: tuple[str, ...], questions: tuple[str, ...], as_json: bool, output: Path, **how: Any
) -> int:
    """Grade one submission, public and hidden checks.  Example: python grade.py grade conv_nets ada.zip -o graded"""
    from grader.cli.grading import grade_one

    job = _job(root, slug_and_path, **how)
    _require_questions(job.assignment, questions)
    return grade_one(replace(job, questions=questions), output, as_json=as_json)


@commands.command()
@click.argument("slug_and_path", nargs=-1, required=True, metavar="[SLUG] FOLDER|ZIP")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=None, help="Submissions side by side; one for each processor by default."
)
@click.option(
    "--attempt",
    type=click.Choice(["last", "first", "best"]),
    default="last",
    show_default=True,
    help="Which attempt of a student counts.",
)
@click.option("--fresh", is_flag=True, help="Forget what is stored and ask every check again.")
@click.option("--yes", is_flag=True, help="Write what a regrade changes without asking.")
@click.option("--never-lower", is_flag=True, help="Keep the old report where a regrade gives fewer points.")
@click.option("--cluster", default="", metavar="ADDRESS", help="Grade on a Ray cluster (docs/cluster.md).")
@_output
@_how_to_grade
@click.pass_obj
def batch(
    root: Path,
    /,
    slug_and_path: tuple[str, ...],
    jobs: int | None,
    output: Path,
    attempt: str,
    fresh: bool,
    yes: bool,
    never_lower: bool,
    cluster: str,
    **how: Any,
) -> int:
    """Grade a class: a folder or an archive, or what Canvas, Moodle, Gradescope or nbgrader gives.

    What is stored in the output folder is not graded again; run the same command to go on or to grade what came in since.

    Example: python grade.py batch conv_nets submissions.zip -o graded
    """
    from grader.cli.batching import Wish, grade_class
    from grader.cli.processors import default_jobs

    wish = Wish(
        job=_job(root, slug_and_path, **how),
        folder=output,
        slots=jobs or default_jobs(),
        attempt=attempt,
        cluster=cluster,
        fresh=fresh,
        yes=yes,
        never_lower=never_lower,
    )
    return grade_class(wish)


@commands.command()
@click.argument("slug", required=False)
@_questions
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="Processes; one for each processor by default.")
@click.option("--write-misconceptions", is_flag=True, help="Note what each variant answers: class pages name such answers.")
@_profile("full")
@click.pass_obj
def validate(root: Path, /, slug: str | None, jobs: int | None, **wish: Any) -> int:
    """Is an assignment fit to be set? Reference, template, known-wrong variants.  Example: python grade.py validate conv_nets"""
    from grader.cli.processors import default_jobs
    from grader.cli.validating import Wish
    from grader.cli.validating import validate as validate_one

    wanted = Wish(**{**wish, "profile": Profile(wish["profile"])})
    slugs = [slug] if slug else list_assignments(root / "assignments")
    if wanted.questions and not slug:
        raise click.UsageError("--question needs the assignment that it belongs to")
    assignments = [read_assignment(root / "assignments", each) for each in slugs]
    for assignment in assignments:
        _require_questions(assignment, wanted.questions)
    fit = [validate_one(root, assignment, wanted, jobs=jobs or default_jobs()) for assignment in assignments]
    return GRADED if all(fit) else BELOW


@commands.command()
@click.argument("slug")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; exit code 1 when a file is not up to date.")
@click.pass_obj
def template(root: Path, slug: str, only_check: bool) -> int:
    """Make the student template and notebooks from the reference.  Example: python grade.py template conv_nets --check"""
    from grader.cli.templating import write_template

    fresh = write_template(root, read_assignment(root / "assignments", slug), only_check=only_check)
    return GRADED if fresh or not only_check else BELOW


@commands.command()
@_data
@click.pass_obj
def doctor(root: Path, data: Path) -> int:
    """Say what this machine has and what it lacks.  Example: python grade.py doctor"""
    from grader.cli.doctoring import examine

    return GRADED if examine(root, data) else FAULT


@commands.command()
@_output
@click.pass_obj
def demo(root: Path, output: Path) -> int:
    """Grade the bundled hand-ins and say where the pages are.  Example: python grade.py demo"""
    from grader.cli.demonstrating import demonstrate

    return GRADED if demonstrate(root, output) else FAULT


def _job(
    root: Path,
    words: tuple[str, ...],
    *,
    seed: int,
    profile: str,
    data: Path,
    isolation: str,
    at_least: str | None,
    notebook_engine: str,
) -> Job:
    """Return the job of an instructor: all checks, behind walls that are strong enough."""
    from grader.cli.required_walls import required_level

    assignment, path = _assignment_and_path(root, words)
    return Job(
        assignment=assignment,
        path=path,
        hidden=True,
        seed=seed,
        profile=Profile(profile),
        data=_folder(data),
        isolation=isolation,
        at_least=at_least or required_level(),
        notebook_engine=notebook_engine,
    )


@commands.group("data", invoke_without_command=True)
@_data
@click.pass_context
def data_(context: click.Context, data: Path) -> int:
    """Which data sets are here, real or stand-in.  Example: python grade.py data"""
    from grader.cli.supplying import print_data_sets

    context.obj = data
    if context.invoked_subcommand is None:
        print_data_sets(data)
    return GRADED


@data_.command("prepare")
@click.option("--seed", type=int, default=0, show_default=True, help="Of which the stand-ins are a function.")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.pass_obj
def prepare(data: Path, seed: int, names: tuple[str, ...]) -> int:
    """Make stand-ins for data sets that are not here.  Example: python grade.py data prepare"""
    from grader.cli.supplying import prepare_data_sets

    prepare_data_sets(data, seed=seed, names=names)
    return GRADED


def _assignment_and_path(root: Path, words: tuple[str, ...]) -> tuple[Assignment, Path]:
    """Return the assignment and the submission's path; the slug may be left out where the name tells it."""
    known = list_assignments(root / "assignments")
    if len(words) > 2:
        raise click.UsageError(f"one SLUG and one PATH, not {len(words)} words")
    path = Path(words[-1])
    if not path.exists():
        raise click.UsageError(f"there is nothing at {path}")
    slug = words[0] if len(words) == 2 else _slug_of(path, known)
    return read_assignment(root / "assignments", slug), path


def _folder(path: Path) -> Path | None:
    return path.resolve() if path.is_dir() else None


def _slug_of(path: Path, known: tuple[str, ...]) -> str:
    names = [path.name, *(child.name for child in path.iterdir())] if path.is_dir() else [path.name]
    told = {slug for slug in known for name in names if slug in name}
    candidates = sorted(told) or list(known)
    if len(candidates) != 1:
        raise click.UsageError(f"say which assignment {path.name} is for: {', '.join(candidates)}")
    return candidates[0]


def _require_questions(assignment: Assignment, questions: tuple[str, ...]) -> None:
    known = [question.id for question in assignment.questions]
    unknown = [question for question in questions if question not in known]
    if unknown:
        raise click.UsageError(f"{assignment.slug} has no question {', '.join(unknown)}; it has {', '.join(known)}")
