"""Many share, or one is alone: between processes, without waiting forever, and who dies lets go."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest

from grader.errors import GraderError
from grader.schedule.turns import Turns

SOON_S = 20.0
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def turns(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return Turns("tests")


def in_a_process(hold, *, go, end):
    """Hold a turn in a process of its own: says `go` when it has it and keeps it until `end`."""

    def work():
        with hold():
            go.set()
            end.wait(SOON_S)

    process = FORK.Process(target=work, daemon=True)
    process.start()
    return process


def test_those_who_share_hold_it_at_the_same_time(turns):
    end, (first, second) = FORK.Event(), (FORK.Event(), FORK.Event())
    processes = [in_a_process(turns.shared, go=go, end=end) for go in (first, second)]
    assert first.wait(SOON_S)
    assert second.wait(SOON_S)
    end.set()
    for process in processes:
        process.join(SOON_S)


@pytest.mark.parametrize("other", ["shared", "alone"])
def test_who_is_alone_keeps_the_others_out_until_it_ends(turns, other):
    end, alone, after = FORK.Event(), FORK.Event(), FORK.Event()
    first = in_a_process(turns.alone, go=alone, end=end)
    assert alone.wait(SOON_S)
    second = in_a_process(getattr(turns, other), go=after, end=end)
    assert not after.wait(0.3)
    end.set()
    assert after.wait(SOON_S)
    for process in (first, second):
        process.join(SOON_S)


def test_who_waits_to_be_alone_lets_nobody_new_in_before(turns):
    end, sharing, alone, late = FORK.Event(), FORK.Event(), FORK.Event(), FORK.Event()
    first = in_a_process(turns.shared, go=sharing, end=end)
    assert sharing.wait(SOON_S)
    second = in_a_process(turns.alone, go=alone, end=end)
    time.sleep(0.2)  # it stands at the gate now
    third = in_a_process(turns.shared, go=late, end=end)
    assert not late.wait(0.3)
    assert not alone.is_set()
    end.set()
    assert alone.wait(SOON_S)
    assert late.wait(SOON_S)
    for process in (first, second, third):
        process.join(SOON_S)


def test_who_is_killed_lets_go(turns):
    never, held = FORK.Event(), FORK.Event()
    process = in_a_process(turns.alone, go=held, end=never)
    assert held.wait(SOON_S)
    os.kill(process.pid, signal.SIGKILL)
    process.join(SOON_S)
    with turns.shared():
        assert not never.is_set()


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs another user's folder")
def test_a_folder_that_somebody_else_made_is_refused(turns, tmp_path):
    folder = tmp_path / "grader-turns-0"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(GraderError, match="belongs to somebody else"), turns.shared():
        raise AssertionError("never reached")
