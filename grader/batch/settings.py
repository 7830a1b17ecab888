"""What decides a score besides the submission, as one digest, and as one for each check: equal keys, equal results."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from grader import __version__
from grader.checks.digesting import check_digests, definition_digest
from grader.data_sets.found import data_digest
from grader.model import Assignment, Job
from grader.specs import provided_sources

PACKAGE = Path(__file__).resolve().parent.parent
_JUDGING = ("checks", "intake", "measure", "runner", "sandbox", "wire", "pipeline.py", "solution.py")  # of the grader's own code
_SCORING = ("scoring.py", "report/result_json.py")
_LIBRARIES = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "matplotlib", "hypothesis", "pytest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Everything that decides a score besides the submission."""

    key: str
    data: dict[str, Any]  # what the key stands for: "points" of questions, digests of "checks", "context"
    check_keys: dict[str, str]  # of each check's function, the key of its results


def setting_of(job: Job) -> Setting:
    """Return the setting in which a job is graded; raises CheckError for a check file that cannot be read."""
    assignment = job.assignment
    checks = check_digests(assignment.folder)
    context = _context(job)
    data = {
        "points": {question.id: question.points for question in assignment.questions},
        "questions": _digest([asdict(question) for question in assignment.questions]),
        "checks": checks,
        "context": context,
        "scoring": _digest_of_code(_SCORING),
    }
    return Setting(
        key=_digest(data),
        data=data,
        check_keys={function: _digest([digest, context]) for function, digest in checks.items()},
    )


def _context(job: Job) -> dict[str, Any]:
    """Return what decides what every check finds, by the words in which a person is told that it has changed."""
    assignment = job.assignment
    return {
        "the provided code": _digest([[name, text.decode(errors="replace")] for name, text in provided_sources(assignment)]),
        "the assignment's data": _digest_of_files(assignment.folder, _data_files(assignment.folder)),
        "the judge's own functions": definition_digest(assignment.folder, "stand_ins", "STAND_INS"),
        "the data sets": data_digest(job.data),
        "the limits": [asdict(assignment.limits), [[q.id, q.call_s, q.question_s] for q in assignment.questions]],
        "the rules on what may be used": [asdict(rule) for rule in assignment.forbidden],
        "the names of the questions": _names(assignment),
        "the grader": [__version__, _digest_of_code(_JUDGING)],
        "the seed": job.seed,
        "the notebook engine": job.notebook_engine,
        "the profile": job.profile,
        "the device": "cpu",
        "Python or a library": [platform.python_version(), *(version(name) for name in _LIBRARIES)],
    }


def _names(assignment: Assignment) -> list[list[object]]:
    return [[question.id, list(question.names), list(question.needs)] for question in assignment.questions]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _digest_of_code(names: tuple[str, ...]) -> str:
    places = [PACKAGE / name for name in names]
    files = [path for place in places for path in (sorted(place.rglob("*")) if place.is_dir() else [place])]
    return _digest_of_files(PACKAGE, [path for path in files if path.suffix in (".py", ".ini")])


def _data_files(folder: Path) -> list[Path]:
    """Return what lies beside the checks and is no code: they may read it."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix not in (".py", ".pyc", ".toml")]
    return [path for path in files if not any(part.startswith(".") for part in path.relative_to(folder).parts)]


def _digest_of_files(root: Path, files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
