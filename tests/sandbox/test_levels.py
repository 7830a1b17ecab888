"""Which walls are put up, that a probe decides it, and that nobody gets weaker ones without being told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox import probing, walls
from grader.sandbox.asking import GoneError
from grader.sandbox.starting import Sandbox
from grader.sandbox.users import Users

LOAD = {"op": "load", "main": "hand_in.py", "cells": None, "engine": "shell", "provided": []}
CALL = {"op": "call", "target": "answer", "kwargs": {}, "guard": None, "return_arguments": False, "keep": False}
SOURCE = "import os, threading\nimport torch\n"


def answer(sandbox, body, *args):
    """Return what a function with this body answers in a fresh runner."""
    runner = sandbox.start_runner(Limits())
    try:
        source = f"{SOURCE}\ndef answer(*args):\n    {body}\n"
        runner.ask({**LOAD, "files": [("hand_in.py", source.encode())]}, wall_s=60)
        reply = runner.ask({**CALL, "args": args}, wall_s=60)
        return reply.get("value", reply.get("raised"))
    finally:
        runner.close()


@pytest.fixture(scope="module", params=walls.LEVELS)
def opened(request):
    try:
        with Sandbox(isolation=request.param, preload=("torch", "numpy")) as sandbox:
            yield sandbox
    except SandboxError as error:
        pytest.skip(f"this machine does not offer it: {error}")


def test_a_runner_answers_behind_every_kind_of_walls(opened):
    assert answer(opened, "return args[0] + 1", 41) == 42


def test_the_threads_of_torch_work_after_the_fork_and_their_sum_is_right(opened):
    body = "torch.set_num_threads(2); x = torch.ones(600, 600); return float((x @ x).sum())"
    assert answer(opened, body) == 600.0**3


def test_gradients_work_after_the_fork(opened):
    body = "x = torch.ones(50, 50, requires_grad=True); (x @ x).sum().backward(); return float(x.grad.sum())"
    assert answer(opened, body) == 2 * 50.0**3


def test_a_data_loader_with_workers_reads_its_data(opened):
    body = "return [int(b.sum()) for b in torch.utils.data.DataLoader(torch.arange(8), batch_size=4, num_workers=2)]"
    assert answer(opened, body) == [6, 22]


def test_no_walled_runner_has_a_capability_and_its_calls_are_filtered(opened):
    status = answer(opened, "return open('/proc/self/status').read()")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    if opened.walls.level == "none":
        assert fields["Seccomp"] == "0"
    else:
        assert {fields[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
        assert (fields["NoNewPrivs"], fields["Seccomp"]) == ("1", "2")


def test_a_fresh_runner_finds_nothing_of_the_one_before(opened):
    left = "torch.left = 'note'; os.environ['LEFT'] = 'note'; open('note', 'w').write('note'); return os.getcwd()"
    folder = answer(opened, left)
    body = "return hasattr(torch, 'left'), 'LEFT' in os.environ, os.path.exists(args[0] + '/note'), os.listdir()"
    assert answer(opened, body, folder) == (False, False, False, ["hand_in.py"])


@pytest.mark.parametrize("level", walls.LEVELS)
def test_a_sandbox_that_was_closed_leaves_no_process_no_file_and_no_mount(level, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    tmp_path.chmod(0o755)
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8")
    children = children_here()
    try:
        with Sandbox(isolation=level, preload=()) as sandbox:
            runner = sandbox.start_runner(Limits())
            runner.ask({**LOAD, "files": [("hand_in.py", b"open('left', 'w').write('here')\n")]}, wall_s=60)
            assert children_here() != children
    except SandboxError as error:
        pytest.skip(f"this machine does not offer it: {error}")
    assert children_here() == children
    assert list(tmp_path.iterdir()) == []
    assert Path("/proc/self/mountinfo").read_text(encoding="utf-8") == mounts


def children_here():
    return {pid for thread in Path("/proc/self/task").iterdir() for pid in (thread / "children").read_text().split()}


def test_the_description_begins_with_the_level(opened):
    assert opened.description.startswith(f"{opened.walls.level}: ")


def test_a_runner_without_forks_serves_the_same_calls():
    with Sandbox(isolation="none", preload=("numpy",), fork=False) as sandbox:
        assert answer(sandbox, "print('seen'); return args[0] * 2", 4) == 8
        runner = sandbox.start_runner(Limits())
        runner.ask({**LOAD, "files": [("hand_in.py", b"print('seen')\n")]}, wall_s=60)
        assert runner.printed() == ("seen\n", 5)
        runner.close()


def test_a_level_that_does_not_hold_is_refused_with_the_reason_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))  # no bwrap here
    with pytest.raises(SandboxError, match=r"bubblewrap is not installed; apt-get install bubblewrap.*doctor"):
        Sandbox(isolation="A", preload=())
    with pytest.raises(SandboxError, match=r"level B or stronger.*not A: .*not B: "):
        Sandbox(at_least="B", preload=())


def test_walls_that_the_probe_sees_through_are_not_used(monkeypatch):
    monkeypatch.setattr(probing, "_was_called", lambda listener: True)
    with pytest.raises(SandboxError, match="the probe found that it can connect to the judge"):
        Sandbox(at_least="A", preload=())


def test_the_probe_sees_through_a_plain_process():
    with Sandbox(isolation="none", preload=()) as sandbox, pytest.raises(SandboxError, match="it can read the judge's files"):
        probing.probe(sandbox.start_runner)


def test_the_warm_process_is_started_again_when_it_has_gone():
    with Sandbox(isolation="none", preload=()) as sandbox:
        parent = answer(sandbox, "return os.getppid()")
        os.kill(parent, 9)
        assert answer(sandbox, "return os.getppid()") != parent


def test_a_fork_of_the_judge_leaves_the_warm_process_to_its_owner():
    with Sandbox(isolation="none", preload=()) as sandbox:
        os.kill(answer(sandbox, "return os.getppid()"), 9)
        sandbox._owner = -1  # as in a fork
        with pytest.raises(GoneError):
            sandbox.start_runner(Limits())


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root has users to give away")
def test_two_sandboxes_never_share_their_users():
    first, second = Users(), Users()
    try:
        assert first.first != second.first
    finally:
        first.release()
        second.release()


def test_the_levels_can_be_imported_where_there_is_no_linux():
    blocked = ["fcntl", "resource", "pyseccomp"]
    script = (
        "import sys\n"
        f"for name in {blocked}: sys.modules[name] = None\n"
        "import grader.sandbox.starting, grader.runner.alone, grader.runner.zygote\n"
        "print('imported')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == "imported\n", done.stderr


def test_the_users_of_a_sandbox_are_free_again_when_it_is_closed():
    users = Users()
    name = f"\0grader-users-{users.first}"
    users.release()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as again:
        again.bind(name)
