"""Reports on submissions that no check has seen, and where they were made. No torch: the dispatcher makes them, too."""

from __future__ import annotations

import platform
from importlib.metadata import version

from grader import __version__
from grader.data_sets.found import data_sets
from grader.model import Environment, Fault, Job, Loading, Report, Submission, Timing
from grader.scoring import unjudged_score


def unreadable_report(job: Job, submission_id: str, message: str, *, wall_s: float) -> Report:
    """Return the report on a submission that cannot be opened: no points, said so, and nothing else is touched."""
    return Report(
        assignment=job.assignment,
        submission_id=submission_id,
        submission_files=(),
        submission_digest="",
        score=unjudged_score(job.assignment, complete=True, only=job.questions),
        loading=Loading(undefined=job.assignment.names),
        environment=environment_of(job, "not needed"),
        timing=Timing(wall_s=wall_s, load_s=0.0, checks_s=0.0),
        unreadable=message,
    )


def fault_report(job: Job, submission_id: str, fault: Fault, *, wall_s: float, submission: Submission | None = None) -> Report:
    """Return the report on a submission whose grading did not take place: every question stays open."""
    return Report(
        assignment=job.assignment,
        submission_id=submission_id,
        submission_files=tuple(file.path for file in submission.files) if submission else (),
        submission_digest=submission.digest if submission else "",
        score=unjudged_score(job.assignment, complete=False, only=job.questions),
        loading=Loading(),
        environment=environment_of(job, "not reached"),
        timing=Timing(wall_s=wall_s, load_s=0.0, checks_s=0.0),
        faults=(fault,),
        repairs=submission.repairs if submission else (),
    )


def environment_of(job: Job, isolation: str) -> Environment:
    """Return where and with what a job is graded."""
    return Environment(
        device="cpu",
        torch=version("torch"),
        python=platform.python_version(),
        isolation=isolation,
        seed=job.seed,
        grader=__version__,
        profile=job.profile,
        notebook_engine=job.notebook_engine,
        checks="all" if job.hidden else "public",
        data_sets=tuple(f"{found.name} ({'stand-in' if found.is_stand_in else 'real'})" for found in data_sets(job.data)),
    )
