"""The course that the tests of a batch share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.batch.course import CEIL, CHECKS, HANGS, RIGHT, SPECIFICATION, WRONG, Course


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """A course, a class of six, and an empty place for the reports."""
    assignment = tmp_path / "course" / "assignments" / "small"
    assignment.mkdir(parents=True)
    (assignment / "assignment.toml").write_text(SPECIFICATION)
    (assignment / "checks_public.py").write_text(CHECKS)
    hand_ins = tmp_path / "hand_ins"
    hand_ins.mkdir()
    for name, text in (("ada", RIGHT), ("bea", CEIL), ("cem", WRONG), ("dan", HANGS)):
        (hand_ins / f"{name}.py").write_text(text)
    (hand_ins / "eve.zip").write_bytes(b"PK\x03\x04 and no more")
    (hand_ins / "fox.py").write_text("def double(n:\n")
    return Course(tmp_path / "course", hand_ins, tmp_path / "graded")
