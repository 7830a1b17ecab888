"""The data root: submissions read it at every level of the sandbox, change nothing in it, and see nothing else through it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from grader.data_sets.preparing import prepare
from grader.errors import SandboxError
from grader.model import Limits
from grader.sandbox.starting import Sandbox

LIMITS = Limits(load_s=120.0, call_s=60.0)
READER = b"""
import os
from pathlib import Path
from torchvision import datasets

ROOT = Path(os.environ["GRADER_DATA"])


def digits(root, **options):
    return len(datasets.MNIST(root, **options))


def told(name):
    try:
        return getattr(datasets, name)("here", download=True)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def entries():
    return sorted(path.name for path in ROOT.iterdir())


def read(name):
    return (ROOT / name).read_text()


def change(name):
    try:
        (ROOT / name).write_text("changed")
    except OSError:
        return "refused"
    return "changed"


def handed_in():
    return len(datasets.FashionMNIST("mine"))
"""


class Reader:
    """A submission that reads data."""

    def __init__(self, sandbox, files=()):
        self._runner = sandbox.start_runner(LIMITS)
        self.notes = self._ask(
            {"op": "load", "files": [("reader.py", READER), *files], "main": "reader.py", "cells": None}, LIMITS.load_s
        )["value"]["notes"]

    def call(self, name, *args, **kwargs):
        reply = self._ask({"op": "call", "target": name, "args": args, "kwargs": kwargs}, LIMITS.call_s)
        assert "value" in reply, reply
        return reply["value"]

    def close(self):
        self._runner.close()

    def _ask(self, request, wall_s):
        common = {"engine": "shell", "provided": (), "guard": None, "return_arguments": False, "keep": False}
        return self._runner.ask({**common, **request}, wall_s=wall_s)


@pytest.fixture(scope="module")
def root():
    """A data root that every user can read, with a link to a folder elsewhere."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as outside:
        yield _filled(Path(folder), Path(outside))


def _filled(folder, outside):
    for each in (folder, outside):
        each.chmod(0o755)
    (outside / "notes.txt").write_text("linked")
    list(prepare(folder, names=["MNIST"]))
    (folder / "linked").symlink_to(outside, target_is_directory=True)
    (folder / "dangling").symlink_to(folder / "nothing")
    (folder / "plain.txt").write_text("plain")
    return folder


@pytest.fixture(scope="module", params=["A", "B", "C", "none"])
def sandbox(request, root):
    try:
        with Sandbox(isolation=request.param, preload=("torch", "torchvision"), data=root) as warm:
            yield warm
    except SandboxError as error:
        pytest.skip(f"this machine does not offer it: {error}")


@pytest.fixture
def reader(sandbox):
    opened = Reader(sandbox)
    yield opened
    opened.close()


@pytest.mark.parametrize("named", ["./data", "/content/data", "~/.cache/data", "a/b", ""])
@pytest.mark.parametrize("options", [{"download": True}, {}, {"train": False, "download": True}])
def test_a_data_set_is_found_whatever_root_is_named(reader, named, options):
    assert reader.call("digits", named, **options) == (539 if "train" in options else 1258)


@pytest.mark.parametrize("name", ["CIFAR10", "FashionMNIST", "Caltech101", "SVHN", "STL10", "VOCSegmentation"])
def test_one_that_is_not_here_says_so_at_once_and_plainly(reader, name):
    told = reader.call("told", name)
    assert told.startswith(f"RuntimeError: {name} is not here: the course's data root does not hold it")
    assert "no network" in told


def test_the_data_root_shows_what_lies_in_it_and_what_links_lead_to(reader, sandbox):
    expected = ["MNIST", "linked", "plain.txt"]
    assert [name for name in reader.call("entries") if name != "dangling"] == expected
    assert reader.call("read", "plain.txt") == "plain"
    assert reader.call("read", "linked/notes.txt") == "linked"


def test_nothing_in_it_can_be_changed(reader, sandbox, root):
    if sandbox.walls.level == "none":
        pytest.skip("without walls a submission has the rights of whoever grades")
    for name in ("plain.txt", "new.txt", "MNIST/STAND_IN.json", "linked/notes.txt"):
        assert reader.call("change", name) == "refused", name
    assert (root / "plain.txt").read_text() == "plain"
    assert not (root / "new.txt").exists()


def test_files_that_were_handed_in_are_read_where_the_course_has_none(sandbox, tmp_path):
    from grader.data_sets.fashion import make_fashion

    make_fashion(tmp_path / "FashionMNIST", 0)
    raw = sorted((tmp_path / "FashionMNIST" / "raw").iterdir())
    opened = Reader(sandbox, [(f"mine/FashionMNIST/raw/{path.name}", path.read_bytes()) for path in raw])
    assert opened.call("handed_in") == 4000
    opened.close()


@pytest.mark.parametrize("folder", ["/", "grader", "."])
def test_a_data_root_that_holds_the_grader_is_refused(folder):
    path = Path(__file__).resolve().parents[2] / folder
    with pytest.raises(SandboxError, match="holds the grader itself or is a part of it"):
        Sandbox(isolation="A", preload=(), data=path)


def test_a_link_to_the_grader_is_refused(tmp_path):
    (tmp_path / "innocent").symlink_to(Path(__file__).resolve().parents[2])
    with pytest.raises(SandboxError, match="leads to"):
        Sandbox(isolation="A", preload=(), data=tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root runs submissions under users of their own")
@pytest.mark.parametrize("closed", [".", "raw", "STAND_IN.json"])
def test_a_data_set_that_submissions_could_not_read_is_a_fault_and_not_theirs(tmp_path, closed):
    list(prepare(tmp_path, names=["MNIST"]))
    (tmp_path / "MNIST" / closed).chmod(0o600)
    with pytest.raises(SandboxError, match="chmod -R a\\+rX"):
        Sandbox(isolation="A", preload=(), data=tmp_path)


def test_a_data_root_that_is_not_there_is_none(tmp_path):
    with Sandbox(isolation="none", preload=(), data=tmp_path / "nothing") as sandbox:
        assert "GRADER_DATA" not in dict(sandbox.walls.environment)
