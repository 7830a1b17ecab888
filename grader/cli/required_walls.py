"""Which walls must be there before an instructor's submissions are run: what `doctor` found is written down, and held to."""

from __future__ import annotations

import json
import os
from pathlib import Path

_ANY_WALLS = "C"


def required_level() -> str:
    """Return the strongest level that `doctor` found on this machine, or the weakest that has walls where it was not asked."""
    try:
        level = json.loads(_file().read_text(encoding="utf-8"))["level"]
    except (OSError, ValueError, KeyError, TypeError):
        return _ANY_WALLS
    return level if level in ("A", "B", "C") else _ANY_WALLS


def note_level(level: str) -> None:
    """Write down what `doctor` found; without a home folder it is found again the next time."""
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps({"level": level}), encoding="utf-8")
    except OSError:
        return


def _file() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "grader" / "walls.json"
