"""How long grading each reference takes, in both profiles: by the command, from a cold start, and by a warm process.

python benchmarks/references.py --rounds 3
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grader.model import Assignment, Job, Profile
from grader.pipeline import Warm
from grader.specs import list_assignments, read_assignment


def main() -> None:
    """Print a table of medians; the rounds of all cells are interleaved."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    assignments = [read_assignment(ROOT / "assignments", slug) for slug in list_assignments(ROOT / "assignments")]
    cells = [(assignment, profile) for assignment in assignments for profile in Profile]
    took: dict[tuple[str, Profile, str], list[float]] = {}
    with Warm() as warm:
        for round_ in range(rounds + 1):
            for assignment, profile in cells:
                warm_s, cold_s = grade_warm(warm, assignment, profile), grade_cold(assignment, profile)
                if round_:  # the first one fills caches
                    took.setdefault((assignment.slug, profile, "warm"), []).append(warm_s)
                    took.setdefault((assignment.slug, profile, "cold"), []).append(cold_s)
    print("| reference | profile | by a warm process | by the command |\n|---|---|---:|---:|")
    for assignment, profile in cells:
        warm_s, cold_s = (median(took[assignment.slug, profile, way]) for way in ("warm", "cold"))
        print(f"| `{assignment.slug}` | {profile} | {warm_s:.1f} s | {cold_s:.1f} s |")


def reference_of(assignment: Assignment) -> Path:
    """Return the module."""
    return ROOT / "reference" / assignment.slug / f"{assignment.slug}.py"


def grade_warm(warm: Warm, assignment: Assignment, profile: Profile) -> float:
    """Grade in a fork of a process that has imported everything; return the seconds."""
    start = time.perf_counter()
    report = warm.grade(Job(assignment=assignment, path=reference_of(assignment), hidden=True, profile=profile))
    require_full_marks(report.score.points == report.score.out_of and not report.faults)
    return time.perf_counter() - start


def grade_cold(assignment: Assignment, profile: Profile) -> float:
    """Grade by the command, page and all; return the seconds."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, str(ROOT / "grade.py"), "grade", assignment.slug, str(reference_of(assignment))]
        start = time.perf_counter()
        done = subprocess.run([*command, "--profile", profile, "-o", folder], capture_output=True, check=False)
        require_full_marks(done.returncode == 0)
    return time.perf_counter() - start


def require_full_marks(has_them: bool) -> None:
    """End where a reference was not graded as it must be: then the time says nothing."""
    if not has_them:
        raise SystemExit("a reference did not get its points; grade it with `python grade.py grade`")


if __name__ == "__main__":
    main()
