"""The route of one submission: path -> Submission -> Solution -> results -> Score -> Report. Each step is called once."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import torch

from grader import __version__
from grader.checks.calling import Calling
from grader.checks.running import Findings, run_checks
from grader.errors import GraderError, IntakeError
from grader.intake.opening import open_submission, submission_id
from grader.intake.source import source_modules
from grader.model import Assignment, Environment, Fault, Loading, Report, Submission, Timing
from grader.sandbox.live import LiveSolution
from grader.sandbox.starting import Sandbox
from grader.schedule.forking import Forks
from grader.scoring import score_of, unjudged_score
from grader.specs import provided_source, read_assignment

NOTEBOOK_MODULES = ("IPython.core.interactiveshell", "matplotlib.pyplot")
_USUAL_MODULES = ("scipy.ndimage", "matplotlib.pyplot", "torchvision")
ALL_MODULES = ("torch", "numpy", "torch._dynamo", "IPython.core.interactiveshell", *_USUAL_MODULES)
_JUDGE_SPARE_S = 600.0  # that a judge may take beyond what it allows the submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One submission to grade, and how."""

    assignment: Assignment
    path: Path
    hidden: bool  # whether hidden checks run too
    seed: int = 0  # of the hidden checks
    questions: tuple[str, ...] = ()  # empty: all
    isolation: str = "auto"  # a level of the sandbox, or the strongest that this machine has
    at_least: str = "none"  # with "auto": nothing is graded behind weaker walls
    notebook_engine: str = "shell"


def grade(job: Job, *, sandbox: Sandbox | None = None) -> Report:
    """Grade one submission; whatever happens, the answer is a report. A sandbox that is given is not closed."""
    start = time.monotonic()
    try:
        submission = open_submission(job.path, slug=job.assignment.slug, names=job.assignment.names)
    except IntakeError as error:
        return _unreadable(job, str(error), start)
    try:
        own = _sandbox_for(job, submission) if sandbox is None else None
    except GraderError as error:
        return _fault(job, submission, error, start)
    with own or nullcontext():
        return _grade_in(own or sandbox, job, submission, start)  # type: ignore[arg-type]  # one of the two is there


class Warm:
    """A sandbox and a judge that have imported everything; each submission gets a fresh fork of both. `with` closes them."""

    def __init__(self, *, isolation: str = "auto", at_least: str = "none") -> None:
        """Start them; raises SandboxError."""
        self.sandbox = Sandbox(isolation=isolation, at_least=at_least, preload=ALL_MODULES)
        self._forks = Forks(leave_out=("assignments",))  # they may be edited while we live

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.sandbox.close()

    def grade(self, job: Job) -> Report:
        """Grade one submission; whatever happens, even to the judge, the answer is a report."""
        start = time.monotonic()
        try:
            self.sandbox.revive()
            return self._forks.run(
                lambda: grade(job, sandbox=self.sandbox), wall_s=2 * job.assignment.limits.total_s + _JUDGE_SPARE_S
            )
        except GraderError as error:
            return _fault(job, None, error, start)


def _sandbox_for(job: Job, submission: Submission) -> Sandbox:
    return Sandbox(isolation=job.isolation, at_least=job.at_least, preload=preload(submission))


def preload(submission: Submission) -> tuple[str, ...]:
    """Return the modules that are worth importing before this submission is run."""
    text = b"".join(file.content for file in submission.files if file.path.endswith((".py", ".ipynb")))
    mentioned = tuple(name for name in _USUAL_MODULES if name.split(".")[0].encode() in text)
    compiler = ("torch._dynamo",) if b"meta" in text else ()  # the first operator on the meta device imports it, for seconds
    return ("torch", "numpy", *(NOTEBOOK_MODULES if submission.is_notebook else ()), *mentioned, *compiler)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorSession:
    """What checks hold when their author runs them with pytest: no points, no report."""

    assignment: Assignment
    solution: Calling
    provided: Calling
    begin_check: Callable[[str], None]


@contextmanager
def author_session(folder: Path, path: Path) -> Iterator[AuthorSession]:
    """Open a submission for the checks of one assignment's folder; raises GraderError."""
    assignment = read_assignment(folder.parent, folder.name)
    submission = open_submission(path, slug=assignment.slug, names=assignment.names)
    with Sandbox(preload=preload(submission)) as sandbox:
        live = LiveSolution(sandbox, submission, assignment, provided=provided_source(assignment))
        live.load()
        yield AuthorSession(
            assignment=assignment,
            solution=Calling(live, sources=source_modules(submission), names=assignment.names),
            provided=Calling(live, sources=(), names=(), prefix="provided."),
            begin_check=live.begin_check,
        )
        live.close()


def _grade_in(sandbox: Sandbox, job: Job, submission: Submission, start: float) -> Report:
    assignment = job.assignment
    solution = LiveSolution(
        sandbox, submission, assignment, provided=provided_source(assignment), notebook_engine=job.notebook_engine
    )
    try:
        loading = solution.load()
        findings = run_checks(
            assignment,
            solution,
            sources=source_modules(submission),
            hidden=job.hidden,
            seed=job.seed,
            questions=job.questions,
            imported_from=_importable_name(submission),
        )
    except GraderError as error:
        return _fault(job, submission, error, start)
    finally:
        solution.close()
    wall_s = time.monotonic() - start
    return _report(
        job,
        submission,
        loading=loading,
        findings=findings,
        isolation=sandbox.description,
        timing=Timing(wall_s=wall_s, load_s=loading.wall_s, checks_s=sum(r.wall_s for r in findings.results)),
    )


def _importable_name(submission: Submission) -> str | None:
    """Return the name under which a student can import the main file, or None where code is pasted below it."""
    name = Path(submission.main).stem
    return None if submission.is_notebook or not name.isidentifier() else name


def _report(job: Job, submission: Submission, *, loading: Loading, findings: Findings, isolation: str, timing: Timing) -> Report:
    return Report(
        assignment=job.assignment,
        submission_id=submission.id,
        submission_files=tuple(file.path for file in submission.files),
        submission_digest=submission.digest,
        score=score_of(job.assignment, findings.results, only=job.questions),
        loading=loading,
        environment=_environment(job, isolation),
        timing=timing,
        faults=findings.faults,
        repairs=submission.repairs,
        hidden_checks=(0 if job.hidden else _hidden_checks(job.assignment), 0.0),
    )


def _unreadable(job: Job, message: str, start: float) -> Report:
    """The submission cannot be opened: no points, said so, and nothing else is touched."""
    return Report(
        assignment=job.assignment,
        submission_id=submission_id(job.path.name, is_folder=job.path.is_dir()),
        submission_files=(),
        submission_digest="",
        score=unjudged_score(job.assignment, complete=True, only=job.questions),
        loading=Loading(undefined=job.assignment.names),
        environment=_environment(job, "not needed"),
        timing=_elapsed(start),
        unreadable=message,
    )


def _fault(job: Job, submission: Submission | None, error: GraderError, start: float) -> Report:
    """Grading did not take place: every question stays open."""
    return Report(
        assignment=job.assignment,
        submission_id=submission.id if submission else submission_id(job.path.name, is_folder=job.path.is_dir()),
        submission_files=tuple(file.path for file in submission.files) if submission else (),
        submission_digest=submission.digest if submission else "",
        score=unjudged_score(job.assignment, complete=False, only=job.questions),
        loading=Loading(),
        environment=_environment(job, "not reached"),
        timing=_elapsed(start),
        faults=(Fault(where=type(error).__name__, message=str(error)),),
        repairs=submission.repairs if submission else (),
    )


def _environment(job: Job, isolation: str) -> Environment:
    return Environment(
        device="cpu",
        torch=torch.__version__,
        python=platform.python_version(),
        isolation=isolation,
        seed=job.seed,
        grader=__version__,
        profile="full" if job.hidden else "check",
        notebook_engine=job.notebook_engine,
    )


def _elapsed(start: float) -> Timing:
    return Timing(wall_s=time.monotonic() - start, load_s=0.0, checks_s=0.0)


def _hidden_checks(assignment: Assignment) -> int:
    path = assignment.folder / "checks_hidden.py"
    return sum(line.startswith("def check_") for line in _lines(path)) if path.exists() else 0


def _lines(path: Path) -> Sequence[str]:
    return path.read_text(encoding="utf-8").splitlines()
