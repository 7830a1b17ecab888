"""Whatever the bytes are: a submission or a refusal, and nothing else; and packing does not change a digest."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import IntakeError
from grader.intake.source import source_modules

FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
