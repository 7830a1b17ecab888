"""`doctor`: what this machine has, what will be not run, and the command that mends it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.table import Table

from grader.cli.required_walls import note_level
from grader.cli.terminal import out, talk
from grader.data_sets.found import data_sets
from grader.errors import GraderError
from grader.sandbox.starting import Sandbox
from grader.sandbox.walls import LEVELS
from grader.specs import list_assignments

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    found: str
    state: str  # "good", "weaker" (works, with less) or "bad" (nothing can be graded)
    remedy: str = ""


def examine(root: Path, data: Path) -> bool:
    """Print what is there, also in the data root, and return whether submissions can be graded."""
    table = Table(box=None, pad_edge=False)
    for name in ("", "what", "found", "what to do"):
        table.add_column(name, overflow="fold")
    signs = {"good": "[green]✓[/]", "weaker": "[yellow]–[/]", "bad": "[red]✗[/]"}
    with talk.status("looking"):
        findings = list(_findings(root, data))
    for finding in findings:
        table.add_row(signs[finding.state], finding.what, finding.found, finding.remedy)
    out.print(table)
    return all(finding.state != "bad" for finding in findings)


def _findings(root: Path, data: Path) -> Iterator[Finding]:
    good_python = sys.version_info >= (3, 11)
    yield Finding(
        what="Python",
        found=platform.python_version(),
        state="good" if good_python else "bad",
        remedy="" if good_python else "install Python 3.11 or newer",
    )
    yield from _torch()
    yield from _sandbox()
    browser = next((name for name in _BROWSERS if shutil.which(name)), None)
    yield Finding(
        what="browser (for the grader's own tests)",
        found=browser or "none",
        state="good" if browser else "weaker",
        remedy="" if browser else "apt-get install chromium",
    )
    yield _data_sets(data)
    slugs = list_assignments(root / "assignments")
    yield Finding(what="assignments", found=", ".join(slugs) or "none", state="good" if slugs else "bad")
    yield Finding(
        what="secret seed of hidden checks",
        found="set" if os.environ.get("GRADER_SEED") else "not set: 0 is used",
        state="good" if os.environ.get("GRADER_SEED") else "weaker",
        remedy="" if os.environ.get("GRADER_SEED") else "export GRADER_SEED=<a number of your own>",
    )


def _torch() -> Iterator[Finding]:
    import torch

    version = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
    yield Finding(
        what="torch",
        found=torch.__version__,
        state="good" if version >= (2, 11) else "bad",
        remedy="" if version >= (2, 11) else "pip install 'torch>=2.11'",
    )
    os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")  # asks the driver and leaves CUDA untouched
    there = torch.cuda.is_available()
    yield Finding(
        what="GPU",
        found="CUDA device" if there else "none",
        state="good" if there else "weaker",
        remedy="" if there else "questions that need one will be not run",
    )


def _data_sets(root: Path) -> Finding:
    found = data_sets(root)
    named = (f"{each.name} ({'stand-in' if each.is_stand_in else 'real'})" for each in found)
    is_real = bool(found) and not any(each.is_stand_in for each in found)
    return Finding(
        what="data sets",
        found=", ".join(named) or f"none in {root}",
        state="good" if is_real else "weaker",
        remedy="" if found else "put torchvision's folders there, or python grade.py data prepare for stand-ins",
    )


def _sandbox() -> Iterator[Finding]:
    """Try every level, strongest first: whoever grades must know what is lost when one of them goes."""
    reached = ""
    for level in LEVELS:
        if level == "none" and reached:
            break
        try:
            with Sandbox(isolation=level, preload=()) as sandbox:  # really starts one and attacks it
                found, state = sandbox.description, "good" if level == "A" or reached else "weaker"
                reached = reached or level
        except GraderError as error:
            found, state = str(error), "weaker"
        yield Finding(
            what=f"sandbox {level}", found=found, state=state, remedy=_REMEDIES.get(level, "") if state != "good" else ""
        )
    note_level(reached)


_REMEDIES = {
    "A": "apt-get install bubblewrap; allow user name spaces "
    "(Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0), or run as root",
    "B": "apt-get install bubblewrap",
    "C": "Linux 6.2 or newer (5.13 as root), apt-get install libseccomp2",
    "none": "submissions run with your own rights: grade only what you trust",
}
