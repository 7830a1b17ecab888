"""What the students' own code computes: the submissions and the calls of the tests in this one plain process, everything warm.

    python -m benchmarks.five_questions.computing FILE...

Prints the mean over the files of the median wall time in seconds. `overhead.py` takes it off: it is no grader's cost.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import CodeType

from benchmarks.five_questions.translating import plain_tests

_TIMES = 7
_WARM_UPS = 2


def main() -> None:
    """Print the figure for the files named on the command line."""
    plain = plain_tests()
    setup = compile(plain.setup, "setup", "exec")
    tests = [compile(test.body(), test.question, "exec") for test in plain.tests]
    files = [_sources(Path(name)) for name in sys.argv[1:]]
    seconds: list[list[float]] = [[] for _ in files]
    for number in range(_WARM_UPS + _TIMES):
        for sources, own in zip(files, seconds, strict=True):
            wall_s = _one(sources, setup, tests)
            if number >= _WARM_UPS:
                own.append(wall_s)
    print(statistics.mean(statistics.median(own) for own in seconds))


def _sources(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [text]
    return [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def _one(sources: Sequence[str], setup: CodeType, tests: Sequence[CodeType]) -> float:
    namespace: dict[str, object] = {"__name__": "submission"}
    start = time.perf_counter()
    for source in sources:
        exec(source, namespace)
    exec(setup, namespace)
    for test in tests:
        with suppress(AssertionError, ValueError, NotImplementedError):  # how the wrong answers end
            exec(test, namespace)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
