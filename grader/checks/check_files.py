"""Which files of an assignment hold its checks: `checks_public*.py` and `checks_hidden*.py`. No torch, nothing is imported."""

from __future__ import annotations

import re
from pathlib import Path

from grader.model import Visibility

_NAME = re.compile(r"checks_(?P<visibility>public|hidden)(_\w+)?(\.py)?")
PATTERNS = ("checks_public*.py", "checks_hidden*.py")


def check_files(folder: Path, *, hidden: bool = True) -> tuple[str, ...]:
    """Return the names of an assignment's check files, public ones first; the hidden ones only when `hidden`."""
    names = sorted(path.name for pattern in PATTERNS for path in folder.glob(pattern) if is_check_file(path.name))
    public = [name for name in names if visibility_of(name) is Visibility.PUBLIC]
    return (*public, *(name for name in names if hidden and name not in public))


def is_check_file(name: str) -> bool:
    """Return whether a file (or a module) of this name holds checks."""
    return _NAME.fullmatch(name) is not None


def visibility_of(name: str) -> Visibility:
    """Return who may see what the checks of this file find."""
    match = _NAME.fullmatch(name)
    assert match is not None, f"{name} is no file of checks"
    return Visibility(match["visibility"])
