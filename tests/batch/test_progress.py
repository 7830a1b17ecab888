"""What a person at a terminal sees of a batch, and that a CI job sees nothing of it."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from collections import Counter

import pytest

from grader.cli.progress import counts_in_words

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_counts_are_told_in_the_order_of_the_verdicts():
    assert counts_in_words(Counter({"unreadable": 1, "fail": 2, "pass": 3})) == "3 pass, 2 fail, 1 unreadable"


@pytest.mark.slow
@pytest.mark.parametrize("is_ci", [False, True])
def test_a_bar_with_counts_time_left_and_names_at_a_terminal_and_none_in_ci(course, is_ci):
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"COLUMNS": "160", "TERM": "xterm"}
    environment |= {"PYTHONPATH": str(course.checkout), **({"CI": "true"} if is_ci else {})}
    with subprocess.Popen(course.command(), stdout=subprocess.PIPE, stderr=theirs, env=environment) as process:
        os.close(theirs)
        seen = COLOURS.sub("", _everything(ours))
        process.communicate(timeout=60)
    assert process.returncode == 0, seen
    assert "graded 6: 1 pass, 2 fail, 1 timeout, 1 missing, 1 unreadable" in seen
    if is_ci:
        assert "left" not in seen
    else:
        assert re.search(r"grading .*━.* \d/6 \d:\d\d:\d\d left ", seen)
        assert re.search(r"1 pass.* · .*dan \d+ s", seen), seen[-2000:]


def _everything(terminal):
    """Return what is written to a terminal until nobody holds its other end."""
    pieces = []
    try:
        while piece := os.read(terminal, 65536):
            pieces.append(piece)
    except OSError:  # so Linux says that the other end is closed
        return b"".join(pieces).decode(errors="replace")
    finally:
        os.close(terminal)
    return b"".join(pieces).decode(errors="replace")
