"""Each call has a fork of its own; how one ends never ends us, and what one imported the next finds imported."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from grader.errors import CheckError
from grader.schedule.forking import ForkError, Forks

SOON_S = 30.0


def test_a_result_comes_back_from_another_process():
    value, process = Forks().run(lambda: ({"points": 4.5}, os.getpid()), wall_s=SOON_S)
    assert value == {"points": 4.5}
    assert process != os.getpid()


def test_nothing_that_one_call_changes_is_there_for_the_next():
    forks, state = Forks(), []
    assert [forks.run(lambda: state.append(1) or len(state), wall_s=SOON_S) for _ in range(2)] == [1, 1]
    assert state == []


def test_a_fault_that_the_work_raises_is_raised_here():
    def work():
        raise CheckError("the check is wrong")

    with pytest.raises(CheckError, match="the check is wrong"):
        Forks().run(work, wall_s=SOON_S)


@pytest.mark.parametrize(("end", "code"), [(lambda: os._exit(7), "7"), (lambda: os.kill(os.getpid(), signal.SIGKILL), "-9")])
def test_a_fork_that_dies_is_an_error_of_ours_and_says_how(end, code):
    with pytest.raises(ForkError, match=f"exit code {code}"):
        Forks().run(end, wall_s=SOON_S)


def test_a_fork_that_takes_too_long_is_killed():
    start = time.monotonic()
    with pytest.raises(ForkError, match=r"within 0\.2 s"):
        Forks().run(lambda: time.sleep(60), wall_s=0.2)
    assert time.monotonic() - start < SOON_S


def test_what_one_fork_imported_is_imported_for_the_next_and_what_is_left_out_is_not():
    script = (
        "import sys\n"
        "from grader.schedule.forking import Forks\n"
        "def work():\n"
        "    import wave, colorsys\n"
        "forks = Forks(leave_out=('colorsys',))\n"
        "assert 'wave' not in sys.modules\n"
        "forks.run(work, wall_s=30)\n"
        "print('wave' in sys.modules, 'colorsys' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split() == ["True", "False"]


def test_no_fork_outlives_the_process_that_made_it():
    script = (
        "import os, time\n"
        "from grader.schedule.forking import Forks\n"
        "def work():\n"
        "    print(os.getpid(), flush=True)\n"
        "    time.sleep(60)\n"
        "Forks().run(work, wall_s=60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        fork = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + SOON_S
    while _is_there(fork) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_there(fork)


def _is_there(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as file:
        return file.read().split()[2] != "Z"
