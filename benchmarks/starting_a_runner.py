"""What a fresh runner costs: asked for to first answer, with and without walls, warm and cold, in one interleaved run.

    python benchmarks/starting_a_runner.py --rounds 20

Prints for each way the median and the smallest wall time in milliseconds: until the runner stands ready inside its walls
(first answer), and until a small submission is loaded and has answered one call.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from grader.errors import SandboxError
from grader.model import Limits
from grader.pipeline import ALL_MODULES
from grader.sandbox.starting import Sandbox

SOURCE = b"import torch\n\n\ndef answer(x):\n    return x + 1\n"
LOAD = {"op": "load", "files": [("small.py", SOURCE)], "main": "small.py", "cells": None, "engine": "shell", "provided": []}
CALL = {"op": "call", "target": "answer", "args": (1,), "kwargs": {}, "guard": None, "return_arguments": False, "keep": False}
COLD_EVERY = 5  # rounds


def main() -> None:
    """Open every sandbox that this machine offers and take turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with ExitStack() as stack:
        ways: dict[str, Sandbox] = {}
        for name, options in (
            ("A", {"isolation": "A"}),
            ("B", {"isolation": "B"}),
            ("C", {"isolation": "C"}),
            ("no walls, forked", {"isolation": "none"}),
            ("no walls, cold", {"isolation": "none", "fork": False}),
        ):
            try:
                ways[name] = stack.enter_context(Sandbox(preload=ALL_MODULES, **options))
            except SandboxError as error:
                print(f"{name}: not here ({error})")
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for number in range(rounds):
            for name, sandbox in ways.items():
                if not name.endswith("cold") or number % COLD_EVERY == 0:
                    times[name].append(one(sandbox))
    print(f"{'':20}{'first answer':>20}{'loaded and called':>20}   (median / smallest, ms)")
    for name, rows in times.items():
        columns = ("".join(f"{statistics.median(c) * 1e3:12.1f} /{min(c) * 1e3:6.1f}") for c in zip(*rows, strict=True))
        print(f"{name:20}" + "".join(columns))


def one(sandbox: Sandbox) -> tuple[float, float]:
    """Start one runner, use it once, end it; return the wall times since the start in seconds."""
    start = time.perf_counter()
    runner = sandbox.start_runner(Limits())
    ready = time.perf_counter()
    runner.ask(LOAD, wall_s=60)
    reply = runner.ask(CALL, wall_s=60)
    called = time.perf_counter()
    assert reply["value"] == 2
    runner.close()
    return ready - start, called - start


if __name__ == "__main__":
    main()
