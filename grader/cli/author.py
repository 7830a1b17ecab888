"""For authors of checks: `pytest assignments/conv_nets --submission PATH -k a4 --pdb`, with pytest as they know it.

Registered as a pytest plug-in of its own; without `--submission` it does nothing. What it opens and closes is the same
sandbox as in grading, but the verdicts are pytest's and no points are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.checks.check_files import is_check_file


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the one option."""
    parser.addoption("--submission", metavar="PATH", default=None, help="grader: run an assignment's checks over it")


def pytest_configure(config: pytest.Config) -> None:
    """Let the marks of checks pass as known, and their functions as tests."""
    if config.getoption("--submission"):
        config.addinivalue_line("markers", "question(id, weight, decisive): the question that a check belongs to")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect check files, when a submission is given."""
    if is_check_file(file_path.name) and parent.config.getoption("--submission"):
        return CheckModule.from_parent(parent, path=file_path)
    return None


class CheckModule(pytest.Module):
    """A file of checks: every function whose name starts with `check_` is one."""

    def funcnamefilter(self, name: str) -> bool:
        """Return whether a function is a check."""
        return name.startswith("check_")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let `-k a4` choose by question."""
    mark = item.get_closest_marker("question")
    if mark is not None:
        item.extra_keyword_matches.add(mark.args[0])


@pytest.fixture(scope="session")
def _opened(request: pytest.FixtureRequest) -> Iterator[object]:
    from grader.pipeline import author_session

    folder = next(item.path.parent for item in request.session.items)
    with author_session(folder, Path(request.config.getoption("--submission"))) as session:
        yield session


@pytest.fixture(scope="session")
def solution(_opened: object) -> object:
    """The submission under check."""
    return _opened.solution  # type: ignore[attr-defined]  # the session of the pipeline


@pytest.fixture(scope="session")
def provided(_opened: object) -> object:
    """The course's own code inside the runner."""
    return _opened.provided  # type: ignore[attr-defined]  # as above


@pytest.fixture(scope="session")
def assignment(_opened: object) -> object:
    """The assignment whose checks these are."""
    return _opened.assignment  # type: ignore[attr-defined]  # as above


@pytest.fixture(scope="session")
def device() -> str:
    """Where models and data of a check lie."""
    return "cpu"


@pytest.fixture
def stopwatch(request: pytest.FixtureRequest) -> object:
    """Times what must be faster than something else."""
    from grader.checks.stopwatch import Stopwatch

    mark = request.node.get_closest_marker("question")
    return Stopwatch(is_alone=mark is not None and mark.kwargs["timed"])


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest) -> None:
    mark = request.node.get_closest_marker("question")
    if mark is not None and request.config.getoption("--submission"):
        session = request.getfixturevalue("_opened")
        session.begin_check(mark.args[0])
        session.solution.forget()
        session.provided.forget()
