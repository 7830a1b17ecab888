"""A figure is computed once: a table or a note is believed where it is whole and of the same origin, and never else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.measure import remembering
from grader.measure.remembering import SCHEMA, Origin, remembered, table_with

ORIGIN = Origin(libraries="torch 2.15.0", code="sha256:1", name="resnet18, ADAM, 64 x 3")
ROOT = Path(__file__).resolve().parents[2]


class Computing:
    """Gives a figure and counts how often it was asked."""

    def __init__(self, value=1234):
        self.value, self.times = value, 0

    def __call__(self):
        self.times += 1
        return self.value


def never():
    raise AssertionError("it is known and must not be computed")


def only_note(folder):
    (path,) = folder.iterdir()
    return path


def test_a_figure_is_computed_once_and_then_read(tmp_path):
    assert remembered(ORIGIN, lambda: 1234, folder=tmp_path / "cache") == 1234
    assert remembered(ORIGIN, never, folder=tmp_path / "cache") == 1234


@pytest.mark.parametrize("field", ["libraries", "code", "name"])
def test_whatever_decides_a_figure_is_in_its_key(tmp_path, field):
    remembered(ORIGIN, lambda: 1234, folder=tmp_path)
    assert remembered(replace(ORIGIN, **{field: "another"}), lambda: 99, folder=tmp_path) == 99
    assert remembered(ORIGIN, never, folder=tmp_path) == 1234


WHOLE = {"schema": SCHEMA, "origin": {"libraries": ORIGIN.libraries, "code": ORIGIN.code, "name": ORIGIN.name}, "value": 7}
BROKEN = {
    "empty": b"",
    "cut off": json.dumps(WHOLE).encode()[:-9],
    "no JSON": b"\x00\xff\xfe garbage",
    "a list": b"[1, 2]",
    "deeper than Python reads": b"[" * 90_000,
    "too long": json.dumps({**WHOLE, "more": "x" * 200_000}).encode(),
    "another schema": json.dumps({**WHOLE, "schema": "other/v1"}).encode(),
    "another origin": json.dumps({**WHOLE, "origin": {**WHOLE["origin"], "name": "resnet152"}}).encode(),
    "no origin": json.dumps({"schema": SCHEMA, "value": 7}).encode(),
    "a value that is no number": json.dumps({**WHOLE, "value": "7"}).encode(),
    "a value that is true": json.dumps({**WHOLE, "value": True}).encode(),
    "a value of nothing": json.dumps({**WHOLE, "value": 0}).encode(),
    "a value below nothing": json.dumps({**WHOLE, "value": -7}).encode(),
    "a value that is infinite": json.dumps({**WHOLE, "value": float("inf")}).encode(),
}


@pytest.mark.parametrize("content", list(BROKEN.values()), ids=list(BROKEN))
def test_a_broken_note_is_computed_again_and_replaced(tmp_path, content):
    remembered(ORIGIN, lambda: 1234, folder=tmp_path)
    only_note(tmp_path).write_bytes(content)
    computing = Computing()
    assert [remembered(ORIGIN, computing, folder=tmp_path) for _ in range(2)] == [1234, 1234]
    assert computing.times == 1


def test_the_whole_note_of_this_test_is_believed(tmp_path):
    remembered(ORIGIN, lambda: 1234, folder=tmp_path)
    only_note(tmp_path).write_text(json.dumps(WHOLE))
    assert remembered(ORIGIN, never, folder=tmp_path) == 7


def test_a_cache_that_cannot_be_written_costs_time_alone(tmp_path):
    (tmp_path / "file").write_text("no folder")
    computing = Computing()
    assert [remembered(ORIGIN, computing, folder=tmp_path / "file" / "cache") for _ in range(2)] == [1234, 1234]
    assert computing.times == 2


def test_a_folder_in_the_place_of_a_note_costs_time_alone(tmp_path):
    remembered(ORIGIN, lambda: 1234, folder=tmp_path)
    path = only_note(tmp_path)
    path.unlink()
    path.mkdir()
    assert remembered(ORIGIN, lambda: 1234, folder=tmp_path) == 1234
    assert only_note(tmp_path) == path  # and nothing half-written is left beside it


WRITER = """
import sys
from pathlib import Path
from grader.measure.remembering import Origin, remembered

folder, number = Path(sys.argv[1]), int(sys.argv[2])
for turn in range(60):
    for name in ("a", "b"):
        origin = Origin(libraries="torch", code=f"sha256:{turn}", name=name)
        assert remembered(origin, lambda: 1000 + turn, folder=folder) == 1000 + turn
        for note in folder.glob("*.json"):
            if number == 0 and turn % 3 == 0:
                note.unlink(missing_ok=True)
"""


def test_writers_side_by_side_never_read_half_a_note(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    commands = [[sys.executable, "-c", WRITER, str(tmp_path), str(number)] for number in range(6)]
    writers = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for command in commands]
    errors = [writer.communicate(timeout=120)[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 6, errors
    for note in tmp_path.glob("*.json"):
        assert json.loads(note.read_text())["schema"] == SCHEMA
    assert not list(tmp_path.glob(".new-*"))


def test_a_note_that_a_writer_left_half_written_is_never_read(tmp_path):
    (tmp_path / ".new-abc.json").write_text('{"schema"')
    assert remembered(ORIGIN, lambda: 5, folder=tmp_path) == 5


def test_a_shipped_figure_needs_no_cache_and_no_computing(tmp_path):
    table = tmp_path / "table.json"
    table.write_text(table_with(table, ORIGIN, {ORIGIN.name: 42, "broken": -1}))
    assert remembered(ORIGIN, never, table=table, folder=tmp_path / "cache") == 42
    assert not (tmp_path / "cache").exists()
    assert remembered(replace(ORIGIN, name="broken"), lambda: 3, table=table, folder=tmp_path / "cache") == 3


@pytest.mark.parametrize("field", ["libraries", "code", "name"])
def test_a_shipped_figure_of_another_origin_is_none(tmp_path, field):
    table = tmp_path / "table.json"
    table.write_text(table_with(table, ORIGIN, {ORIGIN.name: 42}))
    other = replace(ORIGIN, **{field: "another"})
    assert remembered(other, lambda: 1, table=table, folder=tmp_path / "cache") == 1


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "grader/figures/v1"}', '{"schema": "grader/figures/v1", "tables": [3]}'])
def test_a_broken_table_is_none(tmp_path, text):
    table = tmp_path / "table.json"
    table.write_text(text)
    assert remembered(ORIGIN, lambda: 8, table=table, folder=tmp_path / "cache") == 8
    assert remembered(ORIGIN, never, table=tmp_path / "missing.json", folder=tmp_path / "cache") == 8


def test_a_table_keeps_the_figures_of_other_libraries_and_replaces_its_own(tmp_path):
    table, other = tmp_path / "table.json", replace(ORIGIN, libraries="torch 2.11.0")
    for origin, value in ((ORIGIN, 1), (other, 2), (replace(ORIGIN, code="sha256:2"), 3)):
        table.write_text(table_with(table, origin, {ORIGIN.name: value}))
    parts = json.loads(table.read_text())["tables"]
    assert [(part["libraries"], part["figures"][ORIGIN.name]) for part in parts] == [("torch 2.11.0", 2), ("torch 2.15.0", 3)]


def test_the_digest_of_code_follows_every_byte_but_the_ends_of_lines(tmp_path):
    path = tmp_path / "code.py"
    path.write_bytes(b"x = 1\ny = 2\n")
    digest = remembering.code_digest([path])
    path.write_bytes(b"x = 1\r\ny = 2\r\n")
    assert remembering.code_digest([path]) == digest
    path.write_bytes(b"x = 1\ny = 3\n")
    assert remembering.code_digest([path]) != digest


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="other systems have other folders")
def test_notes_lie_in_the_users_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert remembering.cache_folder() == tmp_path / "xdg" / "grader" / "figures"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # which the standard says to ignore
    monkeypatch.setenv("HOME", str(tmp_path))
    assert remembering.cache_folder() == tmp_path / ".cache" / "grader" / "figures"
    assert remembered(ORIGIN, lambda: 6) == 6
    assert remembered(ORIGIN, never) == 6
