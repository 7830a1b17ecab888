"""The grader's own cost for each submission, cold and in a warm batch, beside pytest, otter-grader and nbgrader.

    python benchmarks/overhead.py --rounds 5 --sizes 20,200,2000 --environments ~/.cache/peers --markdown docs/performance.md

One interleaved run. Everybody grades the same five questions of `conv_nets` with the same calls and must give every
submission its due points. The ways take turns, in an order shuffled anew in each round. The cost of one submission in a
batch is the slope between two sizes of class, so that starting and ending are no part of it; what the student's own code
computes is taken off. The peers are installed once, each into an environment of its own below the folder given by
--environments.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.five_questions import own
from benchmarks.five_questions.environments import NotHereError
from benchmarks.five_questions.figures import BATCH, GRADE, IMPORT, Sample, Way, markdown
from benchmarks.five_questions.making import KINDS, Answers, Made, make_class, right_answers
from benchmarks.five_questions.peers import Peer, require_due_points, require_right_scores
from benchmarks.five_questions.with_nbgrader import Nbgrader
from benchmarks.five_questions.with_otter import Otter
from benchmarks.five_questions.with_pytest import Pytest

PEERS: dict[str, Callable[[Path, Path], Peer]] = {"pytest": Pytest, "otter": Otter, "nbgrader": Nbgrader}
JOBS = (1, 2)
LARGE = 1000  # from this size on, a class is graded in the first rounds only
BEGIN, END = "<!-- overhead.py: begin -->", "<!-- overhead.py: end -->"


@dataclass(slots=True)
class Run:
    """What one run of the benchmark holds."""

    work: Path
    options: argparse.Namespace
    peers: list[Peer] = field(default_factory=list)
    not_run: dict[str, str] = field(default_factory=dict)
    classes: dict[tuple[str, int], tuple[Path, tuple[Made, ...]]] = field(default_factory=dict)
    computed_s: dict[str, float] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    tasks: int = 0
    load: float = field(default_factory=lambda: os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan)  # at the start

    def fresh(self) -> Path:
        """Return the path of a folder that does not exist yet."""
        self.tasks += 1
        return self.work / f"task_{self.tasks}"


def main() -> None:
    """Prepare, measure round by round, and write the tables after each."""
    options = parsed()
    with tempfile.TemporaryDirectory(prefix="overhead-") as folder:
        run = Run(work=Path(folder), options=options)
        open_peers(run)
        make_classes(run)
        own.grade_one(right_answers(), kind="py", work=run.fresh())  # so that the first round reads nothing from a cold disk
        for turn in range(options.rounds):
            measure_round(run, turn)
            tables = described(run) + "\n" + markdown(run.samples, run.computed_s, run.not_run)
            if options.markdown:
                write_between_marks(options.markdown, tables)
        print(tables)


def parsed() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=_numbers, default=(20, 200), help="submissions in a class: 20,200,2000")
    parser.add_argument("--large-rounds", type=int, default=1, help=f"rounds in which classes of {LARGE:,} and more are graded")
    parser.add_argument("--kinds", type=_words, default=KINDS, help="of submissions: py,ipynb")
    parser.add_argument("--peers", type=_words, default=tuple(PEERS), help=f"some of {','.join(PEERS)}; an empty string for none")
    parser.add_argument("--peer-submissions", type=int, default=2, help="that each peer grades in a round")
    parser.add_argument("--environments", type=Path, help="where the peers are installed, once; default: a temporary folder")
    parser.add_argument("--seed", type=int, default=0, help="of the submissions and of the order")
    parser.add_argument("--markdown", type=Path, help="write the tables into this file, between two marks")
    options = parser.parse_args()
    unknown = set(options.peers) - set(PEERS) or set(options.kinds) - set(KINDS)
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(word) for word in text.split(",")))


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)


def open_peers(run: Run) -> None:
    """Install the peers and let each show that it gives the right scores; one that cannot is noted with its reason."""
    environments = (run.options.environments or run.work / "environments").expanduser().resolve()
    for name in run.options.peers:
        say(f"installing {name} and holding it to the right scores")
        try:
            peer = PEERS[name](environments, run.fresh())
            require_right_scores(peer, run.fresh())
        except NotHereError as error:
            run.not_run[name] = str(error)
            say(f"{name}: not run: {error}")
        else:
            run.peers.append(peer)


def make_classes(run: Run) -> None:
    """Write the classes, and measure what their students' code computes."""
    for kind in run.options.kinds:
        for size in run.options.sizes:
            folder = run.work / "classes" / f"{size}_{kind}"
            run.classes[kind, size] = (folder, make_class(folder, size, kind=kind, seed=run.options.seed))
        run.computed_s[kind] = own.computed_s(run.classes[kind, run.options.sizes[0]][1])


def measure_round(run: Run, turn: int) -> None:
    """Run every way once, in random order."""
    tasks = [*own_tasks(run, turn), *(task for peer in run.peers for task in peer_tasks(run, peer, turn))]
    random.Random(f"{run.options.seed} {turn}").shuffle(tasks)
    for number, task in enumerate(tasks, 1):
        for sample in task():
            way = sample.way
            say(
                f"round {turn + 1}/{run.options.rounds}, {number}/{len(tasks)}: {way.command} {way.kind} "
                f"{way.size} submission(s), {way.jobs} worker(s): {sample.wall_s:.2f} s"
            )
            run.samples.append(sample)


Task = Callable[[], Sequence[Sample]]


def own_tasks(run: Run, turn: int) -> list[Task]:
    """Return what we measure of ourselves in one round."""

    def cold(kind: str) -> Sequence[Sample]:
        (answers,) = chosen(run, kind, turn, 1)
        ran = own.grade_one(answers, kind=kind, work=run.fresh())
        return [Sample(way=Way(command=GRADE, kind=kind), turn=turn, wall_s=ran.wall_s)]

    def batch(kind: str, size: int, jobs: int) -> Sequence[Sample]:
        work = run.fresh()
        folder, submissions = run.classes[kind, size]
        ran, pace_s = own.grade_class(folder, submissions, jobs=jobs, work=work)
        shutil.rmtree(work)
        way = Way(command=BATCH, kind=kind, jobs=jobs, size=size)
        return [Sample(way=way, turn=turn, wall_s=ran.wall_s, peak_bytes=ran.peak_bytes, pace_s=pace_s)]

    def bare_import() -> Sequence[Sample]:
        return [Sample(way=Way(command=IMPORT), turn=turn, wall_s=own.import_torch().wall_s)]

    tasks: list[Task] = [bare_import]
    for kind in run.options.kinds:
        tasks.append(partial(cold, kind))
        for size in run.options.sizes:
            if size < LARGE or turn < run.options.large_rounds:
                tasks += [partial(batch, kind, size, jobs) for jobs in JOBS]
    return tasks


def peer_tasks(run: Run, peer: Peer, turn: int) -> list[Task]:
    """Return what is measured of one peer in one round."""

    def grade(kind: str, submissions: Sequence[Answers]) -> Sequence[Sample]:
        if peer.name in run.not_run:
            return []
        work = run.fresh()
        try:
            graded = peer.grade(submissions, kind=kind, work=work)
            require_due_points(peer.name, submissions, graded.points)
        except NotHereError as error:  # what fails now and then, or scores wrongly, is no comparison
            run.not_run[peer.name] = str(error)
            run.samples = [sample for sample in run.samples if sample.way.command != peer.name]
            return []
        shutil.rmtree(work)
        way = Way(command=peer.name, kind=kind, size=len(submissions))
        return [Sample(way=way, turn=turn, wall_s=graded.wall_s)]

    tasks: list[Task] = []
    for kind in (kind for kind in run.options.kinds if kind in peer.kinds):
        submissions = chosen(run, kind, turn, run.options.peer_submissions)
        alone = submissions[:1] if peer.grades_many else submissions
        tasks += [partial(grade, kind, [answers]) for answers in alone]
        if peer.grades_many and len(submissions) > 1:
            tasks.append(partial(grade, kind, submissions))
    return tasks


def chosen(run: Run, kind: str, turn: int, count: int) -> list[Answers]:
    """Return the submissions of one round: the next ones of the smallest class."""
    made = run.classes[kind, run.options.sizes[0]][1]
    return [answers for number in range(count) if (answers := made[(turn * count + number) % len(made)].answers)]


def described(run: Run) -> str:
    """Return what was measured, on what."""
    options = run.options
    words = f"--rounds {options.rounds} --sizes {','.join(map(str, options.sizes))} --large-rounds {options.large_rounds}"
    words += f" --kinds {','.join(options.kinds)} --peers {','.join(options.peers)}"
    words += f" --peer-submissions {options.peer_submissions} --seed {options.seed}"
    lines = [
        f"- `python benchmarks/overhead.py {words}`",
        f"- {os.cpu_count()} processors, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"torch {version('torch')}; load when it began: {run.load:.1f}",
        f"- peers: {', '.join(peer.versions for peer in run.peers) or 'none'}",
    ]
    return "\n".join(lines) + "\n"


def write_between_marks(path: Path, tables: str) -> None:
    """Put the tables between the two marks of a file, or at its end."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if BEGIN not in text or END not in text:
        text += f"\n{BEGIN}\n{END}\n"
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{BEGIN}\n{tables}{END}{after}", encoding="utf-8")


def say(text: str) -> None:
    """Print progress."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
