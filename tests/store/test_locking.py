"""One batch at a time works in a folder; the next is told who does; and who is killed is in nobody's way."""

from __future__ import annotations

import json
import os
import platform
import re
import signal
from datetime import datetime

import pytest

from grader.store.failing import StoreError
from grader.store.locking import held

PROGRAM = """
import sys
from pathlib import Path
from grader.store.failing import StoreError
from grader.store.locking import held
folder = Path(sys.argv[1])
sys.argv = ["grade.py", "batch", "conv_nets", "my class"]
print("ready", flush=True)
sys.stdin.readline()
try:
    with held(folder):
        print("held", flush=True)
        sys.stdin.readline()
except StoreError as error:
    print(error, flush=True)
"""
FORKING = """
import os, sys, time
from pathlib import Path
from grader.store.locking import held
with held(Path(sys.argv[1])):
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(60)
        os._exit(0)
    time.sleep(60)
"""
TOLD = (
    r"another batch is at work in {folder} \(process {pid} on {host} since (\d\d:\d\d:\d\d), "
    r"`grade\.py batch conv_nets 'my class'`\); wait for it or choose another folder"
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def hold(start, folder):
    """Starts a process that tries to hold the folder, and returns it with what it said."""

    def hold():
        process = start(PROGRAM, folder)
        go(process)
        return process, process.stdout.readline().strip()

    return hold


def go(*processes):
    """Let processes that are ready begin, all at once."""
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * len(processes)
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()


def test_the_second_is_told_who_is_at_work_and_since_when(hold, folder):
    first, said = hold()
    assert said == "held"
    with pytest.raises(StoreError) as told, held(folder):
        raise AssertionError("both hold it")
    pattern = TOLD.format(folder=re.escape(str(folder)), pid=first.pid, host=re.escape(platform.node()))
    match = re.fullmatch(pattern, str(told.value))
    assert match, told.value
    since = datetime.combine(datetime.now().date(), datetime.strptime(match[1], "%H:%M:%S").time())
    assert abs((datetime.now() - since).total_seconds()) < 60
    _, said = hold()
    assert re.fullmatch(pattern, said)


def test_after_a_kill_the_second_gets_it(hold, folder):
    first, _ = hold()
    first.kill()
    first.wait()
    with held(folder):
        assert json.loads((folder / ".lock-holder.json").read_text())["process"] == os.getpid()
        assert f"process {os.getpid()} " in hold()[1]


def test_after_a_kill_the_second_gets_it_though_a_fork_of_the_first_lives_on(start, folder):
    first = start(FORKING, folder)
    child = int(first.stdout.readline())
    try:
        first.kill()
        first.wait()
        with held(folder):
            os.kill(child, 0)  # it is alive
    finally:
        os.kill(child, signal.SIGKILL)


def test_who_ends_well_or_by_an_exception_leaves_it_free(hold, folder):
    first, _ = hold()
    first.communicate("\n", timeout=60)
    with pytest.raises(KeyboardInterrupt), held(folder):
        raise KeyboardInterrupt
    assert not (folder / ".lock-holder.json").exists()
    assert hold()[1] == "held"


def test_a_process_cannot_hold_a_folder_twice(folder):
    with held(folder):
        with pytest.raises(StoreError, match=f"another batch is at work .*process {os.getpid()}"), held(folder):
            pass
        with pytest.raises(StoreError, match="another batch is at work"), held(folder):
            pass
    with held(folder):
        pass


def test_of_many_that_come_at_once_one_gets_it(start, folder):
    processes = [start(PROGRAM, folder) for _ in range(4)]
    go(*processes)
    said = [process.stdout.readline().strip() for process in processes]
    assert said.count("held") == 1
    assert sum(one.startswith(f"another batch is at work in {folder}") for one in said) == 3


def test_two_folders_are_held_side_by_side(tmp_path):
    with held(tmp_path / "one"), held(tmp_path / "two"):
        assert (tmp_path / "two" / ".lock-holder.json").exists()


@pytest.mark.parametrize("content", [None, b"", b"[]", b'{"process": 1}', b"\xff", b'{"since": 7}'])
def test_without_word_of_who_holds_it_the_second_is_still_told(hold, folder, content):
    hold()
    holder = folder / ".lock-holder.json"
    holder.unlink()
    if content is not None:
        holder.write_bytes(content)
    with pytest.raises(StoreError) as told, held(folder):
        pass
    assert str(told.value) == f"another batch is at work in {folder}; wait for it or choose another folder"


def test_what_another_wrote_of_itself_reaches_the_terminal_tamed(hold, folder):
    hold()
    holder = {"process": 7, "host": "h\x1b[31m", "since": "2026-01-02T03:04:05+00:00", "command": "x\n" + "y" * 999}
    (folder / ".lock-holder.json").write_text(json.dumps(holder))
    with pytest.raises(StoreError) as told, held(folder):
        pass
    assert str(told.value).isprintable()
    assert len(str(told.value)) < 400 + len(str(folder))
    day = datetime.fromisoformat(holder["since"]).astimezone()
    assert f"(process 7 on h?[31m since {day:%Y-%m-%d %H:%M:%S}, `x?yyy" in str(told.value)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match=r"cannot be used .*choose another folder that you may write to"), held(folder):
            pass


def test_what_is_in_the_way_of_the_holders_name_is_told_and_the_folder_is_free_again(folder):
    blocked = folder / ".lock-holder.json" / "in the way"
    blocked.mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot be written to"), held(folder):
        pass
    blocked.rmdir()
    blocked.parent.rmdir()
    with held(folder):
        assert [path.name for path in sorted(folder.iterdir())] == [".lock", ".lock-holder.json"]
