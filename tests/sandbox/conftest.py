"""The stage on which attacks run: one for each level of the walls, kept for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.attacking import RefusedError, Stage, levels_here


def at_leisure(level: str) -> list[pytest.MarkDecorator]:
    """Return the mark of what does not run always: all levels but the strongest."""
    return [] if level == "A" else [pytest.mark.slow]


@pytest.fixture(scope="module", params=[pytest.param(level, marks=at_leisure(level)) for level in levels_here()])
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Walls of one level and what lies around them; skipped with its reason where this machine does not offer the level."""
    try:
        stage = Stage(request.param)
    except RefusedError as error:
        pytest.skip(f"level {request.param}: {error}")
    yield stage
    assert stage.close() == []


@pytest.fixture(scope="module")
def bare_stage() -> Iterator[Stage]:
    """The same without walls."""
    stage = Stage("none")
    yield stage
    stage.close()
