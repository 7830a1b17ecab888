"""Honest submissions keep their points while others in the same sandbox do their worst, and nothing of those is left."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from grader.model import Job, Limits
from grader.pipeline import Warm
from grader.sandbox.endings import LostError

HAND_INS = Path(__file__).resolve().parent.parent / "hand_ins"
BOMBS = {
    "processes": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        continue\n",
    "memory": "import mmap\nheld = []\nwhile True:\n    held.append(mmap.mmap(-1, 2**26))\n    held[-1].write(b'x' * 2**26)\n",
    "disk": (
        "number = 0\n"
        "while True:\n"
        "    number += 1\n"
        "    try:\n"
        "        open(f'{number}', 'wb').write(bytes(2**20))\n"
        "    except OSError:\n"
        "        number = 0\n"
    ),
}
LIMITS = Limits(load_s=8.0, memory_bytes=2**30, processes=128, disk_bytes=2**28)


@pytest.fixture(scope="module")
def warm():
    with Warm() as opened:
        yield opened


def explode(warm: Warm, source: str, over: threading.Event, ends: list[str]) -> None:
    """Run a bomb again and again until the others are done."""
    load = {"op": "load", "files": [("bomb.py", source.encode())], "main": "bomb.py"}
    while not over.is_set():
        runner = warm.sandbox.start_runner(LIMITS)
        try:
            runner.ask({**load, "cells": None, "engine": "shell", "provided": []}, wall_s=LIMITS.load_s)
            ends.append("answered")
        except LostError as loss:
            ends.append(str(loss.verdict))
        finally:
            runner.close()


@pytest.mark.slow
def test_two_honest_submissions_beside_three_bombs_keep_their_full_scores(warm, conv_nets, parts_a_to_c):
    over = threading.Event()
    ends = {name: [] for name in BOMBS}
    threads = [threading.Thread(target=explode, args=(warm, source, over, ends[name])) for name, source in BOMBS.items()]
    for thread in threads:
        thread.start()
    try:
        reports = [
            warm.grade(
                Job(assignment=conv_nets, path=HAND_INS / "demo" / "conv_nets" / name, hidden=True, questions=parts_a_to_c)
            )
            for name in ("ada.py", "bruno.ipynb")
        ]
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert [report.faults for report in reports] == [(), ()]
    assert [report.score.points for report in reports] == [50, 50]
    assert set(ends["processes"]) == set(ends["disk"]) == {"timeout"}
    assert set(ends["memory"]) <= {"memory", "timeout"}  # on a busy machine it does not get far enough in its time
