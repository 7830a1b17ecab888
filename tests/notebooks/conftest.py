"""What the tests of notebooks share: data roots and a warm sandbox for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.data_sets.preparing import prepare
from grader.pipeline import NOTEBOOK_MODULES
from grader.sandbox.starting import Sandbox

MODULES = ("torch", "numpy", "scipy.ndimage", *NOTEBOOK_MODULES, "torch._dynamo")


@pytest.fixture(scope="session")
def stand_ins(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with the stand-ins."""
    root = tmp_path_factory.mktemp("data")
    assert [each.what for each in prepare(root)] == ["made"] * 3
    return root


@pytest.fixture(scope="session")
def sandbox_with_data(stand_ins: Path) -> Iterator[Sandbox]:
    """A warm sandbox in which submissions can read the stand-ins."""
    with Sandbox(preload=(*MODULES, "torchvision"), data=stand_ins) as warm:
        yield warm
