"""Samples -> the tables of the overhead benchmark. Pure: no clock, no file."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

IMPORT, GRADE, BATCH = "import torch", "grade", "batch"
_ORDER = (IMPORT, GRADE, BATCH, "pytest", "otter", "nbgrader")  # of the rows; others follow
BUDGET_S = {"py": 0.15, "ipynb": 0.5}  # own cost of one submission in a warm batch, one worker
BUDGET_TIMES = 20.0  # below each peer
BUDGET_SPEED_UP = 1.8  # of two workers


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One thing that is measured."""

    command: str  # IMPORT, GRADE, BATCH, or the name of a peer
    kind: str = ""  # of the submissions: "py", "ipynb"
    jobs: int = 1
    size: int = 1  # submissions that one command grades


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One run of it."""

    way: Way
    turn: int  # the round in which it ran
    wall_s: float  # of the whole command
    peak_bytes: int | None = None  # resident, of the process itself
    pace_s: float | None = None  # of a batch: from one report to the next, on the average


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one submission costs in one way, by round."""

    way: Way
    beyond: int = 0  # a slope: the size of the smaller batch, whose time was taken off
    is_pace: bool = False  # the time between the reports of a batch
    by_turn: Mapping[int, float]  # seconds; the median where a round has several
    count: int  # of samples

    @property
    def label(self) -> str:
        """How people call it."""
        way = self.way
        if self.beyond:
            return f"`batch --jobs {way.jobs}`, from {self.beyond:,} to {way.size:,} `.{way.kind}`"
        if self.is_pace:
            return f"`batch --jobs {way.jobs}`, between the reports of {way.size:,} `.{way.kind}`"
        label = f"`{way.command}`" if way.command in (IMPORT, GRADE) else way.command
        label += f", `.{way.kind}`" if way.kind else ""
        return label + (f", {way.size} in one command" if way.size > 1 else "")

    @property
    def median(self) -> float:
        """The median over the rounds."""
        return statistics.median(self.by_turn.values())

    @property
    def quartiles(self) -> tuple[float, float]:
        """The first and the third quartile over the rounds."""
        values = list(self.by_turn.values())
        if len(values) == 1:
            return values[0], values[0]
        first, _, third = statistics.quantiles(values, n=4, method="inclusive")
        return first, third


Peers = Mapping[str, Sequence[Row]]  # by name, a row for each kind of submission


def cold_rows(samples: Sequence[Sample], computed_s: Mapping[str, float]) -> list[Row]:
    """Return the rows of commands that grade one submission from a cold start, and of the bare import."""
    ways = _ways(sample for sample in samples if sample.way.size == 1 and sample.way.command != BATCH)
    return [_row(way, samples, computed_s) for way in ways]


def warm_rows(samples: Sequence[Sample], computed_s: Mapping[str, float]) -> list[Row]:
    """Return what one more submission of a class costs: for each two sizes of a batch that follow each other, the slope."""
    rows = []
    walls = {(sample.way, sample.turn): sample.wall_s for sample in samples}
    batches = [way for way in _ways(samples) if way.command == BATCH]
    for small, large in pairwise(batches):
        turns = [turn for way, turn in walls if way == large and (small, turn) in walls]
        if turns and (small.kind, small.jobs) == (large.kind, large.jobs):
            more = large.size - small.size
            slopes = {turn: (walls[large, turn] - walls[small, turn]) / more - computed_s[large.kind] for turn in turns}
            rows.append(Row(way=large, beyond=small.size, by_turn=slopes, count=len(slopes)))
    return rows


def pace_rows(samples: Sequence[Sample], computed_s: Mapping[str, float]) -> list[Row]:
    """Return how long the reports of a batch come after each other: without its start, its end and their noise."""
    paced = [replace(sample, wall_s=sample.pace_s * sample.way.size) for sample in samples if sample.pace_s is not None]
    return [replace(_row(way, paced, computed_s), is_pace=True) for way in _ways(paced)]


def peer_rows(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return each peer's rows, one for each kind that it reads, the one with the size at which it is cheapest."""
    peers: dict[str, dict[str, Row]] = {}
    for row in sorted(rows, key=lambda row: (_place(row.way), -row.median)):
        if row.way.command not in (IMPORT, GRADE, BATCH):
            peers.setdefault(row.way.command, {})[row.way.kind] = row
    return {name: list(own.values()) for name, own in peers.items()}


def times_below(row: Row, others: Iterable[Row]) -> float:
    """Return by how many times a row is below the row of its kind, or the only one.

    The median of the ratios within the rounds that both have; where that is one at most, the ratio of the medians.
    """
    other = min(others, key=lambda other: (other.way.kind != row.way.kind, other.median))
    common = row.by_turn.keys() & other.by_turn.keys()
    if len(common) < 2:
        return other.median / row.median
    return statistics.median(other.by_turn[turn] / row.by_turn[turn] for turn in common)


def markdown(samples: Sequence[Sample], computed_s: Mapping[str, float], not_run: Mapping[str, str]) -> str:
    """Return all tables."""
    cold, warm, paces = (rows(samples, computed_s) for rows in (cold_rows, warm_rows, pace_rows))
    peers = peer_rows(_row(way, samples, computed_s) for way in _ways(samples) if way.command != BATCH)
    parts = [
        "### One submission from a cold start\n",
        _table(cold, peer_rows(cold)),
        "### Each submission of a class, warm\n",
        _table([*warm, *paces, *(row for own in peers.values() for row in own)], peers),
        *(f"{name} was not run: {reason}\n" for name, reason in not_run.items()),
        *(["### Memory of the dispatcher\n", _memory(samples)] if _peaks(samples) else []),
        "### Against the budgets\n",
        _budgets(cold, warm, peers),
        "What the submissions themselves compute is taken off the figures for each submission: "
        + ", ".join(f"{seconds * 1e3:.2f} ms for a `.{kind}`" for kind, seconds in computed_s.items())
        + ".",
    ]
    return "\n".join(parts) + "\n"


def _ways(samples: Iterable[Sample]) -> list[Way]:
    return sorted({sample.way for sample in samples}, key=_place)


def _place(way: Way) -> tuple[int, str, bool, int, int]:
    place = _ORDER.index(way.command) if way.command in _ORDER else len(_ORDER)
    return place, way.command, way.kind != "py", way.jobs, way.size


def _row(way: Way, samples: Iterable[Sample], computed_s: Mapping[str, float]) -> Row:
    walls: dict[int, list[float]] = {}
    for sample in samples:
        if sample.way == way:
            walls.setdefault(sample.turn, []).append(sample.wall_s / way.size - computed_s.get(way.kind, 0.0))
    by_turn = {turn: statistics.median(values) for turn, values in walls.items()}
    return Row(way=way, by_turn=by_turn, count=sum(len(values) for values in walls.values()))


def _table(rows: Sequence[Row], peers: Peers) -> str:
    lines = [
        "| way | runs | median | quartiles |" + "".join(f" {name} / this |" for name in peers),
        "|---|---:|---:|---:|" + "---:|" * len(peers),
    ]
    for row in rows:
        first, third = row.quartiles
        ratios = "".join(f" {times_below(row, own):.3g} |" for own in peers.values())
        lines.append(f"| {row.label} | {row.count} | {_seconds(row.median)} | {_seconds(first)} to {_seconds(third)} |{ratios}")
    return "\n".join(lines) + "\n"


def _memory(samples: Sequence[Sample]) -> str:
    lines = ["| `batch` | submissions | peak resident | more than at the size before |", "|---|---:|---:|---:|"]
    peaks = _peaks(samples)
    for way, peak in peaks.items():
        smaller = [other for other in peaks if (other.kind, other.jobs) == (way.kind, way.jobs) and other.size < way.size]
        growth = f"{_mebibytes(peak - peaks[smaller[-1]])}" if smaller else ""
        lines.append(f"| `.{way.kind}`, `--jobs {way.jobs}` | {way.size:,} | {_mebibytes(peak)} | {growth} |")
    return "\n".join(lines) + "\n"


def _peaks(samples: Sequence[Sample]) -> dict[Way, int]:
    """Return the highest peak of each batch, the smaller sizes first."""
    peaks: dict[Way, int] = {}
    for way in _ways(sample for sample in samples if sample.way.command == BATCH and sample.peak_bytes):
        peaks[way] = max(sample.peak_bytes or 0 for sample in samples if sample.way == way)
    return peaks


def _budgets(cold: Sequence[Row], warm: Sequence[Row], peers: Peers) -> str:
    lines = ["| what | budget | measured |", "|---|---:|---:|"]
    for kind, budget_s in BUDGET_S.items():
        one, two = (_widest(warm, kind, jobs) for jobs in (1, 2))
        if one:
            lines.append(f"| own cost of a `.{kind}` in a warm batch | at most {_seconds(budget_s)} | {_seconds(one.median)} |")
            for name, own in peers.items():
                least = f"at least {BUDGET_TIMES:g} times" if kind == "py" else ""
                lines.append(f"| the same, below {name} | {least} | {times_below(one, own):.3g} times |")
        if one and two:
            faster = times_below(two, [one])
            lines.append(f"| two workers on `.{kind}` | at least {BUDGET_SPEED_UP} times one | {faster:.2f} times |")
    imports = [row.median for row in cold if row.way.command == IMPORT]
    for row in (row for row in cold if imports and row.way.command == GRADE):
        most = _seconds(2 * imports[0] + 1)
        lines.append(f"| {row.label}, cold | two imports of torch and 1 s: {most} | {_seconds(row.median)} |")
    return "\n".join(lines) + "\n"


def _widest(warm: Sequence[Row], kind: str, jobs: int) -> Row | None:
    rows = [row for row in warm if (row.way.kind, row.way.jobs) == (kind, jobs)]
    return max(rows, key=lambda row: row.way.size - row.beyond, default=None)  # the noise of a start counts least there


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.0f} ms"


def _mebibytes(count: int) -> str:
    return f"{count / 2**20:.1f} MiB"
