"""The stamp of what was handed in: the same for the same bytes, another for any other byte or path."""

from __future__ import annotations

import os
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from grader.errors import IntakeError
from grader.intake.stamping import stamp_of

parts = st.sampled_from(["a", "b", "ab", "c.py", "é"])
paths = st.lists(parts, min_size=1, max_size=3).map("/".join)
trees = st.dictionaries(paths, st.binary(max_size=4), max_size=4)


def is_possible(tree):
    return not any(path != other and other.startswith(f"{path}/") for path in tree for other in tree)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=trees, second=trees)
def test_two_folders_have_the_same_stamp_exactly_when_their_files_are_the_same(write_folder, first, second):
    assume(is_possible(first) and is_possible(second))
    with tempfile.TemporaryDirectory() as place:
        one, two = write_folder(Path(place, "one"), first), write_folder(Path(place, "two"), second)
        assert (stamp_of(one) == stamp_of(two)) == (first == second)


def test_a_file_has_the_stamp_of_its_bytes_whatever_its_name(tmp_path, write_folder):
    folder = write_folder(tmp_path, {"ada.py": b"x", "bob.PY": b"x", "cem.py": b"y", "dan.ipynb": b"x", "eve.py/x.py": b"x"})
    stamps = {name: stamp_of(folder / name) for name in ("ada.py", "bob.PY", "cem.py", "dan.ipynb", "eve.py")}
    assert stamps["ada.py"] == stamps["bob.PY"]
    assert len(set(stamps.values())) == 4
    assert stamps["ada.py"].startswith("sha256:")
    assert len(stamps["ada.py"]) == len("sha256:") + 64


def test_the_stamp_stays_when_times_and_caches_change(tmp_path, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": b"x", "lib/h.py": b"y"})
    before = stamp_of(folder)
    caches = [
        "__pycache__/h.pyc",
        ".ipynb_checkpoints/a.ipynb",
        ".DS_Store",
        "lib/__pycache__/h.pyc",
        "lib/._h.py",
        "venv/pyvenv.cfg",
    ]
    write_folder(folder, dict.fromkeys(caches, b"z"))
    os.utime(folder / "conv_nets.py", (1, 1))
    assert stamp_of(folder) == before
    write_folder(folder, {"lib/new.py": b""})
    assert stamp_of(folder) != before


@pytest.mark.skipif(os.name == "nt", reason="Windows gives the right to make links to few")
def test_links_count_as_what_they_say_and_are_not_followed(tmp_path, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": b"x"})
    target = write_folder(tmp_path / "target", {"a": b"1"})
    stamps = [stamp_of(folder)]
    (folder / "link").symlink_to(target)
    stamps.append(stamp_of(folder))
    write_folder(target, {"a": b"2"})
    assert stamp_of(folder) == stamps[-1]
    for other in ("nothing", "/"):
        (folder / "link").unlink()
        (folder / "link").symlink_to(other)
        stamps.append(stamp_of(folder))
    (folder / "link").unlink()
    (folder / "link").write_bytes(b"/")
    stamps.append(stamp_of(folder))
    assert len(set(stamps)) == len(stamps)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_does_not_block(tmp_path, write_folder):
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": b"x"})
    before = stamp_of(folder)
    os.mkfifo(folder / "pipe")
    assert stamp_of(folder) != before


def test_a_large_file_takes_little_memory(tmp_path):
    path = tmp_path / "large.bin"
    with path.open("wb") as stream:
        stream.truncate(300 * 10**6)
    tracemalloc.start()
    stamp_of(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 8 * 2**20


def test_what_cannot_be_read_has_no_stamp(tmp_path):
    for path in (tmp_path / "missing", tmp_path / "nul\0"):
        with pytest.raises(IntakeError, match=r"cannot be read \(.+\); check"):
            stamp_of(path)
