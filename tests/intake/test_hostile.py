"""Whatever the bytes are: a submission or a refusal, and nothing else; and packing does not change a digest."""

from __future__ import annotations

import gzip
import io
import tarfile
import tempfile
import time
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import IntakeError
from grader.intake.collecting import Collector
from grader.intake.notebooks import MAX_CELLS
from grader.intake.opening import MAX_SOURCE_BYTES, MAX_SOURCES_BYTES
from grader.intake.paths import Place, environments_among, is_ignored
from grader.intake.source import source_modules
from grader.intake.tars import MAX_ATTRIBUTES

FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
SOON_S = 10.0  # of processor time, on a busy machine
SUFFIXES = (".ipynb", ".py", ".zip", ".tar.gz", ".tgz", ".tar")

magics = st.sampled_from(
    [b"", b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b\x08\x00", b"{", b'{"cells": [', b"\xef\xbb\xbf", b"\xff\xfe"]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 9) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)
cell_keys = st.sampled_from(["cell_type", "source", "input", "outputs", "metadata", "level", "execution_count"])
cell_values = json_values | st.sampled_from(["code", "markdown", "heading", "raw", {"tags": ["a"]}, ["a\n", "b"]])
odd_notebooks = st.fixed_dictionaries(
    {"cells": st.lists(st.dictionaries(cell_keys, cell_values) | json_values, max_size=4)},
    optional={"nbformat": json_values, "worksheets": json_values, "metadata": json_values},
)


def opens_or_refuses(opened, name, content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        try:
            submission = opened(path)
        except IntakeError as error:
            assert str(error)  # noqa: PT017 - that it is raised is not asserted, only that it says something
            return
    assert submission.main in {file.path for file in submission.files}
    assert all(text.module for text in source_modules(submission))


@FEW
@given(suffix=st.sampled_from(SUFFIXES), magic=magics, rest=st.binary(max_size=2_000))
def test_random_bytes_are_opened_or_refused(opened, suffix, magic, rest):
    opens_or_refuses(opened, f"conv_nets{suffix}", magic + rest)


@FEW
@given(value=odd_notebooks)
def test_any_json_is_opened_or_refused(opened, notebook, value):
    opens_or_refuses(opened, "conv_nets.ipynb", notebook(**value))


@FEW
@given(source=st.text(alphabet=st.sampled_from("%!?/,;\\ \n=x()'\"#>.In[1]:time"), max_size=60))
def test_any_cell_is_opened_and_read(opened, notebook, source):
    opens_or_refuses(opened, "conv_nets.ipynb", notebook(source))


@pytest.fixture(scope="module")
def archives(tmp_path_factory, write_zip, write_tar):
    folder = tmp_path_factory.mktemp("archives")
    files = {"hw/conv_nets.py": b"x = 1\n", "hw/" + "long" * 30: b"abc" * 400, "hw/é.txt": b""}
    paths = [write_zip(folder / "a.zip", files), write_tar(folder / "a.tar", files), write_tar(folder / "a.tgz", files)]
    return {path.name: path.read_bytes() for path in paths}


@FEW
@given(
    name=st.sampled_from(["a.zip", "a.tar", "a.tgz"]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4)), max_size=4),
    kept=st.floats(0.3, 1),
)
def test_a_damaged_archive_is_opened_or_refused(opened, archives, name, changes, kept):
    data = bytearray(archives[name])
    for where, new in changes:
        position = int(where * len(data))
        data[position : position + len(new)] = new
    opens_or_refuses(opened, name, bytes(data[: int(kept * len(data))]))


parts = st.text(alphabet="abcäß. -<&\n\u202e", min_size=1, max_size=6).filter(lambda part: part.strip(". ") == part)
trees = st.dictionaries(st.lists(parts, min_size=1, max_size=3).map("/".join), st.binary(max_size=50), max_size=6)


def has_no_file_in_place_of_a_folder(tree):
    return not any(other.startswith(f"{path}/") for path in tree for other in tree)


@FEW
@given(tree=trees.filter(has_no_file_in_place_of_a_folder), top=st.sampled_from(["", "hw/", "a/b/"]))
def test_the_digest_does_not_depend_on_packing(opened, write_folder, write_zip, write_tar, tree, top):
    files = {f"{top}{name}": content for name, content in sorted(tree.items())}
    files[f"{top}conv_nets.py"] = b"x = 1\n"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        submissions = [
            opened(write_folder(folder / "ada", files)),
            opened(write_zip(folder / "ada.zip", files)),
            opened(write_tar(folder / "ada.tar.gz", files)),
            opened(write_tar(folder / "ada.tar", files, pax=False)),
        ]
    assert len({submission.digest for submission in submissions}) == 1
    assert len({submission.files for submission in submissions}) == 1


folders = st.lists(st.sampled_from(["a", "b", "a b", "a-", "ab"]), max_size=4).map("/".join)


def inside(folder, name):
    return f"{folder}/{name}" if folder else name


@FEW
@given(environments=st.lists(folders, max_size=5), folder=folders)
def test_a_file_is_ignored_where_a_folder_above_it_is_a_virtual_environment(environments, folder):
    found = environments_among([inside(environment, "pyvenv.cfg") for environment in environments])
    above = {folder[: len(folder) - len(end)] for end in [folder[at:] for at, c in enumerate(folder) if c == "/"] + [""]} - {""}
    assert is_ignored(inside(folder, "x.py"), found) == bool(above & set(environments))


@FEW
@given(paths=st.sets(folders.filter(bool), max_size=8))
def test_a_file_in_whose_place_others_need_a_folder_is_left_out(paths):
    collector = Collector("ada.zip")
    for path in paths:
        collector.take(Place(path=path, is_folder=False), io.BytesIO())
    kept = [path for path in paths if not any(other.startswith(f"{path}/") for other in paths)]
    assert [file.path for file in collector.collected().files] == sorted(kept)


def test_two_thousand_files_in_five_hundred_folders_each_are_opened_soon(tmp_path, opened, write_zip):
    files = {f"{number}/{'a/' * 480}x.txt": b"" for number in range(1_990)}
    path = write_zip(tmp_path / "ada.zip", {"conv_nets.py": b"x = 1\n", **files})
    start = time.process_time()
    assert len(opened(path).files) == 1_991
    assert time.process_time() - start < SOON_S


def test_a_megabyte_that_holds_millions_of_attributes_is_refused_soon(tmp_path, refusal):
    entry = tarfile.TarInfo("attributes")
    entry.type, entry.size = tarfile.XHDTYPE, 2**20
    records = (b"3 \n" * 2**19)[: 2**20 - 1] + b"\0"
    path = tmp_path / "ada.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for _ in range(200):
            stream.write(entry.tobuf(tarfile.GNU_FORMAT) + records)
    start = time.process_time()
    assert f"more than {MAX_ATTRIBUTES:,} attributes" in refusal(path)
    assert time.process_time() - start < SOON_S


def test_a_notebook_with_more_cells_than_anyone_writes_is_refused(tmp_path, opened, refusal, notebook):
    path = tmp_path / "conv_nets.ipynb"
    path.write_bytes(notebook(cells=[{}] * MAX_CELLS))
    assert len(opened(path).cells) == MAX_CELLS
    path.write_bytes(notebook(cells=[{}] * (MAX_CELLS + 1)))
    assert "conv_nets.ipynb has 10,001 cells and the limit is 10,000" in refusal(path)


def test_a_file_that_could_not_be_opened_is_not_held_in_memory_by_the_error(tmp_path, opened, write_folder):
    content = b'{"nbformat": 4, "cells": 5}'
    folder = write_folder(tmp_path / "ada", {"conv_nets.ipynb": content, "a.py": b"x = 1\n", "b.py": b"x = 2\n"})
    with pytest.raises(IntakeError, match="has no list of cells") as caught:
        opened(folder)
    _, *frames = [frame for frame, _ in traceback.walk_tb(caught.tb)]  # the first is that of this test
    assert not any(value == content for frame in frames for value in frame.f_locals.values())
    assert caught.value.__context__ is None


def test_python_that_would_take_minutes_to_understand_is_refused(tmp_path, opened, refusal, write_folder):
    module = b"#" * (MAX_SOURCE_BYTES - 1) + b"\n"
    files = {f"m{number}.py": module for number in range(MAX_SOURCES_BYTES // MAX_SOURCE_BYTES)}
    folder = write_folder(tmp_path / "ada", {"conv_nets.py": b"", **files})
    assert len(opened(folder).files) == len(files) + 1
    write_folder(folder, {"conv_nets.py": b"#"})
    assert "together more than 3,000,000 bytes of Python" in refusal(folder)


@pytest.mark.parametrize("unit", [",", ";", "x?\n"])
def test_a_cell_that_ipython_would_change_five_hundred_times_is_read_soon(tmp_path, opened, notebook, unit):
    path = tmp_path / "conv_nets.ipynb"
    path.write_bytes(notebook(unit * (150_000 // len(unit))))
    submission = opened(path)
    start = time.process_time()
    (text,) = source_modules(submission)
    assert time.process_time() - start < SOON_S
    assert text.module == "<main>"


def test_a_file_that_is_called_only_by_its_extension_is_no_module(tmp_path, opened, write_folder):
    submission = opened(write_folder(tmp_path / "ada", {"conv_nets.py": b"x = 1\n", ".py": b"x = 2\n", "a/.py": b""}))
    assert [text.module for text in source_modules(submission)] == ["<main>", "a."]


def test_the_limit_of_one_file_holds_for_every_spelling_of_its_extension(tmp_path, refusal):
    path = tmp_path / "conv_nets.PY"
    path.write_bytes(b"a=1\n" * (MAX_SOURCE_BYTES // 4 + 1))
    assert "conv_nets.PY has 1,000,004 bytes of Python" in refusal(path)


@pytest.mark.parametrize("name", ["hw/C:/x.py", "hw/d:x.py", "hw\\C:\\x.py"])
def test_a_drive_letter_is_refused_also_where_it_would_come_to_the_front(tmp_path, refusal, write_zip, write_tar, name):
    files = {"hw/conv_nets.py": b"x = 1\n", name: b""}
    assert "drive letter" in refusal(write_zip(tmp_path / "ada.zip", files))
    assert "drive letter" in refusal(write_tar(tmp_path / "ada.tar", files))
