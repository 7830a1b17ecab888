"""A course with one small assignment and a class of six, graded by the real command line in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.store.store import Store

SOON_S = 120.0
COMMAND = "import sys; from pathlib import Path; from grader.cli.main import main; main(Path(sys.argv.pop(1)))"
TIMES = frozenset({"wall_s", "load_s", "checks_s"})

SPECIFICATION = """
title = "Two small functions"

[limits]
load_s = 5
call_s = 2
memory_mib = 256
losses_per_question = 1

[[part]]
id = "A"
title = "Numbers"

[[question]]
id = "a1"
part = "A"
title = "Double a number"
points = 4
names = ["double"]

[[question]]
id = "a2"
part = "A"
title = "Halve a number, rounded down"
points = 6
names = ["halve"]
"""

CHECKS = '''
from grader.checks.comparing import assert_int
from grader.checks.marking import question


@question("a1")
def check_double(solution):
    """Twice the number."""
    for n in (0, 3, -4):
        assert_int(solution.double(n), 2 * n)


@question("a2")
def check_halve_even(solution):
    """Half of an even number."""
    assert_int(solution.halve(8), 4)


@question("a2")
def check_halve_odd(solution):
    """Half of an odd number, rounded down."""
    assert_int(solution.halve(9), 4)
'''

RIGHT = "def double(n):\n    return n + n\n\n\ndef halve(n):\n    return n // 2\n"
CEIL = "def double(n):\n    return 2 * n\n\n\ndef halve(n):\n    return -(-n // 2)\n"
WRONG = "def double(n):\n    return n\n\n\ndef halve(n):\n    return n // 2\n"
HANGS = "def double(n):\n    while True:\n        pass\n\n\ndef halve(n):\n    return n // 2\n"
POINTS = {"ada": 10.0, "bea": 7.0, "cem": 6.0, "dan": 6.0, "eve": 0.0, "fox": 0.0}


@dataclass
class Course:
    """A course with one small assignment, and a class that handed in."""

    root: Path
    hand_ins: Path
    folder: Path

    @property
    def checkout(self) -> Path:
        """The repository."""
        return Path(__file__).resolve().parents[2]

    @property
    def checks(self) -> Path:
        """The file of the public checks."""
        return self.root / "assignments" / "small" / "checks_public.py"

    def command(self, *more: str, folder: Path | None = None) -> list[str]:
        """Return the command line of a batch over the class."""
        words = ["batch", "small", str(self.hand_ins), "-o", str(folder or self.folder), *more]
        return [sys.executable, "-c", COMMAND, str(self.root), *words]

    def start(self, *more: str, folder: Path | None = None, **how: Any) -> subprocess.Popen[str]:
        """Start a batch in a process group of its own, as a shell does."""
        return subprocess.Popen(
            self.command(*more, folder=folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": str(self.checkout), "GRADER_SEED": "0"},
            **how,
        )

    def grade(self, *more: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run a batch to its end."""
        with self.start(*more, folder=folder) as process:
            try:
                out, err = process.communicate(timeout=SOON_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def results(self, folder: Path | None = None) -> dict[str, dict[str, Any]]:
        """Return the accepted results by their ids."""
        with Store((folder or self.folder) / "results.sqlite") as store:
            return {entry.id: result for entry, result in store.results() if result is not None}

    def points(self, folder: Path | None = None) -> dict[str, float]:
        """Return the points by the ids."""
        return {name: result["score"]["points"] for name, result in self.results(folder).items()}

    def trail(self, id: str | None = None) -> list[tuple[str, str]]:
        """Return who had what happen, oldest first."""
        with Store(self.folder / "results.sqlite") as store:
            return [(each.id, each.what) for each in store.audit(id)]

    def edit(self, old: str, new: str) -> None:
        """Change the checks."""
        text = self.checks.read_text()
        assert old in text
        self.checks.write_text(text.replace(old, new))


def without_times(value: Any) -> Any:
    """Return a result without what no two runs have in common."""
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key not in TIMES}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def wait_for(condition: Any, *, soon_s: float = SOON_S) -> None:
    """Wait until something is the case."""
    deadline = time.monotonic() + soon_s
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
