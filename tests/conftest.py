"""What the tests of the whole route share: the real assignment and one real, warm sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.model import Assignment
from grader.pipeline import NOTEBOOK_MODULES
from grader.sandbox.starting import Sandbox
from grader.specs import read_assignment

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def conv_nets() -> Assignment:
    """The real assignment."""
    return read_assignment(ROOT / "assignments", "conv_nets")


@pytest.fixture(scope="session")
def parts_a_to_c(conv_nets: Assignment) -> tuple[str, ...]:
    """The questions that need neither training nor large models; most hand-ins of the tests answer these alone."""
    return tuple(question.id for question in conv_nets.questions if question.id[0] in "abc")


@pytest.fixture(scope="session")
def hurried(conv_nets: Assignment) -> Assignment:
    """The real assignment with little patience, for hand-ins that never answer."""
    return replace(
        conv_nets, limits=replace(conv_nets.limits, load_s=10.0, call_s=3.0, losses_per_question=1, memory_bytes=2**30)
    )


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A warm sandbox; the submissions in it are our own."""
    with Sandbox(preload=("torch", "numpy", "scipy.ndimage", *NOTEBOOK_MODULES, "torch._dynamo")) as warm:
        yield warm
