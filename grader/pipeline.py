"""The route of one submission: path -> Submission -> Solution -> results -> Score -> Report. Each step is called once."""

from __future__ import annotations

import pickle
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from types import TracebackType

from grader.checks.calling import Calling
from grader.checks.check_files import check_files
from grader.checks.running import Findings, run_checks
from grader.errors import CheckError, GraderError, IntakeError
from grader.intake.opening import open_submission, submission_id
from grader.intake.source import source_modules
from grader.intake.written import written_answers
from grader.model import Assignment, Fault, Job, Loading, Report, Submission, Timing
from grader.sandbox.live import LiveSolution
from grader.sandbox.starting import Sandbox
from grader.schedule.forking import Fork, Forks
from grader.schedule.turns import Turns
from grader.scoring import score_of
from grader.specs import digest_of, provided_sources, read_assignment
from grader.unjudged import environment_of, fault_report, unreadable_report

NOTEBOOK_MODULES = ("IPython.core.interactiveshell", "matplotlib.pyplot")
_USUAL_MODULES = ("scipy.ndimage", "matplotlib.pyplot", "torchvision")
ALL_MODULES = ("torch", "numpy", "torch._dynamo", "IPython.core.interactiveshell", *_USUAL_MODULES)
_JUDGE_MODULES = ("scipy.ndimage", "torch.fx.experimental.symbolic_shapes")  # the first gradient imports it, for two seconds
# The first operator on the meta device and the first optimizer import torch's compiler, for seconds. A notebook has "metadata".
_COMPILES = re.compile(rb"\b(meta|optim)\b")
_JUDGE_SPARE_S = 600.0  # that a judge may take beyond what it allows the submission


def grade(job: Job, *, sandbox: Sandbox | None = None) -> Report:
    """Grade one submission; whatever happens, the answer is a report. A sandbox that is given is not closed."""
    start = time.monotonic()
    try:
        submission = _opened(job)
    except IntakeError as error:
        return unreadable_report(job, _id(job), str(error), wall_s=time.monotonic() - start)
    try:
        own = _sandbox_for(job, submission) if sandbox is None else None
        with own or nullcontext():
            return _grade_in(own or sandbox, job, submission, start)  # type: ignore[arg-type]  # one of the two is there
    except GraderError as error:
        return fault_report(job, _id(job), _fault(error), wall_s=time.monotonic() - start, submission=submission)


class Warm:
    """A sandbox and a judge that have imported everything; each submission gets a fresh fork of both. `with` closes them."""

    def __init__(self, *, isolation: str = "auto", at_least: str = "none", data: Path | None = None) -> None:
        """Start them; submissions can read the data sets in the folder `data`. Raises SandboxError."""
        self._forks = Forks(leave_out=("assignments",))  # they may be edited while we live
        importing = Thread(target=self._forks.learn, args=(_JUDGE_MODULES,))
        importing.start()  # while the other process imports; nothing is forked before both are done
        try:
            self.sandbox = Sandbox(isolation=isolation, at_least=at_least, preload=ALL_MODULES, data=data)
        finally:
            importing.join()

    def __enter__(self) -> Warm:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @property
    def description(self) -> str:
        """How submissions are kept apart, in words."""
        return self.sandbox.description

    def start(self, job: Job) -> Fork:
        """Let a fork grade one submission; its answer is a Report. Raises GraderError."""
        self.sandbox.revive()
        return self._forks.start(
            lambda: grade(job, sandbox=self.sandbox), wall_s=2 * job.assignment.limits.total_s + _JUDGE_SPARE_S
        )

    def take(self, fork: Fork) -> bytes:
        """Return the pickled report of a fork that has ended; raises GraderError."""
        return self._forks.take(fork)

    def grade(self, job: Job) -> Report:
        """Grade one submission; whatever happens, even to the judge, the answer is a report."""
        start = time.monotonic()
        try:
            report: Report = pickle.loads(self.take(self.start(job)))  # a fork of ours, which runs no code of a submission
        except GraderError as error:
            return fault_report(job, _id(job), _fault(error), wall_s=time.monotonic() - start)
        return report

    def close(self) -> None:
        """End everything."""
        self.sandbox.close()


def _opened(job: Job) -> Submission:
    if job.problem:
        raise IntakeError(job.problem)
    return job.submission or open_submission(job.path, slug=job.assignment.slug, names=job.assignment.names)


def _id(job: Job) -> str:
    return job.id or submission_id(job.path.name, is_folder=job.path.is_dir())


def _fault(error: GraderError) -> Fault:
    return Fault(where=type(error).__name__, message=str(error))


def _sandbox_for(job: Job, submission: Submission) -> Sandbox:
    return Sandbox(isolation=job.isolation, at_least=job.at_least, preload=preload(submission, job.assignment), data=job.data)


def preload(submission: Submission, assignment: Assignment) -> tuple[str, ...]:
    """Return the modules that are worth importing before this submission is run with the course's own code."""
    text = b"".join(file.content for file in submission.files if file.path.endswith((".py", ".ipynb")))
    text += b"".join(source for _, source in provided_sources(assignment))
    mentioned = tuple(name for name in _USUAL_MODULES if name.split(".")[0].encode() in text)
    compiler = ("torch._dynamo",) if _COMPILES.search(text) else ()
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
    with Sandbox(preload=preload(submission, assignment)) as sandbox:
        live = LiveSolution(sandbox, submission, assignment, provided=provided_sources(assignment))
        live.load()
        yield AuthorSession(
            assignment=assignment,
            solution=Calling(live, sources=source_modules(submission), names=assignment.names),
            provided=Calling(live, sources=(), names=(), prefix="provided."),
            begin_check=live.begin_check,
        )
        live.close()


def _grade_in(sandbox: Sandbox, job: Job, submission: Submission, start: float) -> Report:
    assignment, turns = job.assignment, Turns("processors")
    solution = LiveSolution(
        sandbox, submission, assignment, provided=provided_sources(assignment), notebook_engine=job.notebook_engine
    )
    try:
        with turns.shared():
            loading = solution.load()
        findings = run_checks(
            assignment,
            solution,
            sources=source_modules(submission),
            hidden=job.hidden,
            seed=job.seed,
            turns=turns,
            profile=job.profile,
            questions=job.questions,
            known=job.known,
            imported_from=_importable_name(submission),
        )
    finally:
        solution.close()
    if digest_of(assignment) != assignment.digest:
        raise CheckError(f"the files of {assignment.slug} changed while a submission was graded; grade it again")
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
        submission_id=_id(job),
        submission_files=tuple(file.path for file in submission.files),
        submission_digest=submission.digest,
        score=score_of(job.assignment, findings.results, only=job.questions),
        loading=loading,
        environment=environment_of(job, isolation),
        timing=timing,
        faults=findings.faults,
        repairs=submission.repairs,
        written=written_answers(submission, job.assignment),
        hidden_checks=(0 if job.hidden else _hidden_checks(job.assignment), 0.0),
        asked=findings.asked,
    )


def _hidden_checks(assignment: Assignment) -> int:
    files = set(check_files(assignment.folder)) - set(check_files(assignment.folder, hidden=False))
    return sum(line.startswith("def check_") for name in files for line in _lines(assignment.folder / name))


def _lines(path: Path) -> Sequence[str]:
    return path.read_text(encoding="utf-8").splitlines()
