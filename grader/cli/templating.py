"""`template`: makes what students get, and the reference notebook, from the reference module."""

from __future__ import annotations

from pathlib import Path

from grader.cli.terminal import out
from grader.cli.validating import generated_files
from grader.model import Assignment


def write_template(root: Path, assignment: Assignment, *, only_check: bool) -> bool:
    """Write the files that are not up to date (or only name them); return whether all were."""
    stale = [
        (path, text)
        for path, text in generated_files(root, assignment).items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path, text in stale:
        if not only_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        out.print(f"{'stale' if only_check else 'written'}: {path.relative_to(root)}", markup=False)
    if not stale:
        out.print("everything is up to date")
    return not stale
