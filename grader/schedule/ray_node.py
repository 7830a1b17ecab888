"""What a node of a Ray cluster does with a request: beside each process of Ray's lives a warm one, which forks for it.

Ray's own process has threads and must not fork; when it ends, however it ends, the warm one hears it and ends too.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import grader
from grader.errors import GraderError
from grader.schedule.local import LocalWorkers
from grader.schedule.workers import Ended, ScheduleError

_DECIDING = ("hypothesis", "numpy", "torch")  # packages on whose version an answer can depend
_LONGEST_WAIT_S = 60.0
_AT_MOST = 4  # warm processes beside one of Ray's; Ray hands the GPUs of a node round

Said = tuple[str, tuple[str, ...], bytes | None, str]  # a refusal, descriptions, an answer, why there is none

_WARM: dict[str | None, LocalWorkers] = {}  # by the GPUs they see; kept here since each task is a call of its own


def answer(node: str, expected: dict[str, str], prepare: list[Any], request: bytes) -> Said:
    """Have one request answered by the warm process, which the first request starts.

    `prepare` is a reference to the pickled function in Ray's store: only who starts a process takes it out.
    """
    with _without_main_file():
        try:
            warm = _warm(expected, prepare)
            ended = _answered(warm, pickle.loads(request))  # by the process that asks the cluster
        except GraderError as error:
            _end()
            return f"{node}: {error}", (), None, ""
    return "", tuple(warm.descriptions), ended.answer, ended.lost


def installed() -> dict[str, str]:
    """Return the versions here of all that decides an answer besides what travels with the request."""
    digest = hashlib.sha256()
    package = Path(grader.__file__).parent
    for path in sorted(package.rglob("*.py")):
        digest.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    ours = {"grader": grader.__version__, "files of the grader": digest.hexdigest()[:12], "Python": platform.python_version()}
    return ours | {name: _version(name) for name in _DECIDING}


def _version(name: str) -> str:
    try:
        return version(name).partition("+")[0]  # for which kind of GPU it was built may differ
    except PackageNotFoundError:
        return "none"


def _warm(expected: dict[str, str], prepare: list[Any]) -> LocalWorkers:
    """Return the warm process that sees the GPUs which Ray gives to this task; the ones before it may have had others."""
    devices = os.environ.get("CUDA_VISIBLE_DEVICES")
    warm = _WARM.pop(devices, None)
    if warm is None:
        import ray

        _require_same(expected)
        while len(_WARM) >= _AT_MOST:
            _WARM.pop(next(iter(_WARM))).close()
        warm = LocalWorkers(pickle.loads(ray.get(prepare[0])), slots=1)
    _WARM[devices] = warm  # the last one used is the last
    return warm


def _require_same(expected: dict[str, str]) -> None:
    differences = [
        f"{name} {here} (this machine: {expected.get(name)})" for name, here in installed().items() if expected.get(name) != here
    ]
    if differences:
        raise ScheduleError(f"it has {', '.join(differences)}; install the same there, or scores would depend on the node")


def _answered(warm: LocalWorkers, request: object) -> Ended:
    warm.submit(0, request)
    while not (ended := warm.wait(_LONGEST_WAIT_S)):
        continue
    return ended[0]


def _end() -> None:
    while _WARM:
        _WARM.popitem()[1].close()


@contextlib.contextmanager
def _without_main_file() -> Iterator[None]:
    """Keep processes that are started meanwhile from importing Ray's main file, as they would import ours."""
    names = sys.modules["__main__"].__dict__
    file = names.pop("__file__", None)
    try:
        yield
    finally:
        if file is not None:
            names["__file__"] = file
