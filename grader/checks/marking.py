"""Marks a function as a check of a question."""

from __future__ import annotations

import pytest


def question(
    question_id: str, *, weight: float = 1.0, decisive: bool = False, law: bool = False, timed: bool = False, full: bool = False
) -> pytest.MarkDecorator:
    """Mark a check: its question and its share of the points.

    `decisive`: failing it loses the whole question. `law`: nonsense can keep it (`return None` leaves its arguments alone), so
    that it earns points only in the proportion in which the question's other checks pass. `timed`: it measures time, so
    nothing else is graded on this machine meanwhile. `full`: it takes long, and runs in the full profile alone.
    """
    return pytest.mark.question(question_id, weight=weight, decisive=decisive, law=law, timed=timed, full=full)
