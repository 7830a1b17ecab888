"""Gradescope's export: whose submission is whose stands in a file that nobody but Gradescope must be able to speak in."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import IntakeError
from grader.intake import gradescope_metadata
from grader.intake.classes import open_class
from grader.intake.gradescope_metadata import Submitter, read_records

CODE = b"def conv2d(x, w):\n    return x\n"
METADATA = """\
---
submission_1001:
  :submitters:
  - :name: Ada Lovelace
    :sid: '0042'
    :email: ada@example.org
  :created_at: 2026-01-31 22:59:00.123456789 Z
  :score: 10.0
  :status: processed
  :results:
    output: |-
      submission_1001:
        :submitters:
        - :name: Nobody
    tests:
    - name: a
      output: "x\\n\\
        submission_9: y"
  :history:
  - :submitters: []
    :created_at: 2020-01-01 00:00:00.000000000 Z
    :id: 7
submission_1002:
  :submitters:
  - :name: Émilie du Châtelet
    :sid:
    :email: emilie@example.org
  - :name: "O'Hara: \\"Bo\\" \\u00c9"
    :sid: '77'
    :email: bo@example.org
  :created_at: 2026-01-31 15:00:00.000000000 -08:00
submission_1003:
  :submitters:
  - :name: John Smith
    :sid: ''
    :email:
  :created_at: &1 2026-01-31 10:00:00.000000000 Z
submission_1004:
  :submitters:
  - :name: John Smith
  :created_at: *1
submission_1005:
  :submitters:
  - :name: Gone
    :sid: '5'
  :created_at: 2026-01-31 10:00:00.000000000 Z
"""
FILES = {
    "submission_metadata.yml": METADATA.encode(),
    "submission_1001/conv_nets.py": CODE,
    "submission_1002/src/conv_nets.py": CODE,
    "submission_1003/conv_nets.py": CODE,
    "submission_1004/conv_nets.py": CODE,
    "submission_1099/conv_nets.py": CODE,
}


@pytest.fixture
def rolls(tmp_path, write_folder, write_zip, write_tar):
    """The same export as an unpacked folder, as the zip that Gradescope gives, and as a tar."""
    wrapped = {f"assignment_9_export/{name}": content for name, content in FILES.items()}
    paths = (
        write_folder(tmp_path / "export", FILES),
        write_zip(tmp_path / "export.zip", wrapped | {"__MACOSX/assignment_9_export/._x": b""}),
        write_tar(tmp_path / "export.tar.gz", wrapped),
    )
    return [open_class(path, staging=tmp_path / path.name.replace(".", "_") / "unpacked", slug="conv_nets") for path in paths]


def by_student(roll):
    return {entry.student: entry for entry in roll.entries}


def test_students_are_named_by_their_number_else_their_address_else_their_name(rolls):
    for roll in rolls:
        assert roll.shape == "Gradescope export"
        students = sorted(entry.student for entry in roll.entries)
        assert students[:4] == ["0042", "5", "77", "John Smith"]
        assert students[4].startswith("John Smith-")
        assert students[5:] == ["emilie@example.org", "submission_1099"]


def test_name_and_time_come_from_the_metadata(rolls):
    for roll in rolls:
        ada, bo = by_student(roll)["0042"], by_student(roll)["77"]
        assert (ada.name, ada.handed_in) == ("Ada Lovelace", "2026-01-31T22:59:00.123456+00:00")
        assert (bo.name, bo.handed_in) == ('O\'Hara: "Bo" É', "2026-01-31T23:00:00+00:00")


def test_a_group_is_an_entry_for_each_student_with_one_path(rolls):
    for roll in rolls:
        emilie, bo = by_student(roll)["emilie@example.org"], by_student(roll)["77"]
        assert emilie.path == bo.path
        assert emilie.id != bo.id
        assert (bo.path / "src" / "conv_nets.py").read_bytes() == CODE


def test_what_the_metadata_and_the_folders_do_not_agree_on_is_a_row(rolls):
    for roll in rolls:
        assert "is not there; export the submissions again" in by_student(roll)["5"].problem
        assert by_student(roll)["submission_1099"].path is not None
        assert "Not in submission_metadata.yml; each counts as a student" in " ".join(roll.notes)


def test_an_export_without_metadata_is_a_class_of_submissions(tmp_path, write_folder):
    folder = write_folder(tmp_path / "export", {"submission_1/conv_nets.py": CODE, "submission_2/conv_nets.py": CODE})
    roll = open_class(folder, staging=tmp_path / "out", slug="conv_nets")
    assert [entry.student for entry in roll.entries] == ["submission_1", "submission_2"]


def test_a_student_with_two_submissions_has_two_attempts_in_the_order_of_time(tmp_path, write_folder):
    metadata = "".join(
        f"submission_{number}:\n  :submitters:\n  - :name: Ada\n    :sid: '1'\n  :created_at: 2026-01-{day} 10:00:00 Z\n"
        for number, day in ((8, 31), (9, 30))
    )
    files = {"submission_metadata.yml": metadata.encode(), "submission_8/x.py": b"last", "submission_9/x.py": b"first"}
    roll = open_class(write_folder(tmp_path / "export", files), staging=tmp_path / "out", slug="conv_nets")
    assert [(entry.id, entry.path.name) for entry in roll.entries] == [("1~1", "submission_9"), ("1~2", "submission_8")]


def lines_of(text):
    return text.encode().splitlines(keepends=True)


def test_other_writers_of_yaml_are_read_too():
    text = (
        "submission_1:\n    ':created_at': 2026-01-31 10:00:00\n    ':submitters':\n"
        "    -   ':email': a@x.org\n        ':name': Ada\n        ':sid': '1'\n"
    )
    (record,) = read_records(lines_of(text))
    assert record.submitters == (Submitter(name="Ada", sid="1", email="a@x.org"),)
    assert record.created_at is not None


@pytest.mark.parametrize("text", ["", "---\n", "[]\n", "- a\n- b\n", "a: 1\nb: 2\n", "\0\xff:\n", "x:\n  :submitters: []\n"])
def test_a_file_that_is_no_metadata_has_no_records(text):
    assert read_records(text.encode("latin-1").splitlines(keepends=True)) == ()


names = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)


@given(printed=names, name=names)
def test_nothing_that_a_student_writes_speaks_for_the_frame(printed, name):
    block = "\n".join(f"      {line}" for line in printed.replace("\r", "\n").split("\n"))
    quoted = "'" + name.replace("'", "''").replace("\n", " ").replace("\r", " ") + "'"
    text = (
        f"submission_1:\n  :submitters:\n  - :name: {quoted}\n    :sid: '1'\n  :results:\n    output: |-\n{block}\n"
        "submission_2:\n  :submitters:\n  - :name: Bob\n    :sid: '2'\n"
    )
    records = read_records(line + b"\n" for line in text.encode().split(b"\n"))
    assert [(record.folder, [person.sid for person in record.submitters]) for record in records] == [
        ("submission_1", ["1"]),
        ("submission_2", ["2"]),
    ]


def test_the_later_pieces_of_a_long_line_are_no_frame():
    pieces = [b"submission_1:\n", b"  :results: " + b"y" * 65_536, b"submission_9:\n", b"  :created_at: 2026-01-31 10:00:00 Z\n"]
    (record,) = read_records(pieces)
    assert (record.folder, record.created_at is None) == ("submission_1", False)


def test_long_lines_are_read_in_pieces_and_the_frame_is_found_behind_them(tmp_path, write_folder):
    submissions = [f"submission_{n}:\n  :submitters:\n  - :sid: '{n}'\n  :results: {'y' * 200_000}\n" for n in (1, 2)]
    files = {"submission_metadata.yml": "".join(submissions).encode(), "submission_1/x.py": CODE, "submission_2/x.py": CODE}
    roll = open_class(write_folder(tmp_path / "export", files), staging=tmp_path / "out", slug="conv_nets")
    assert [entry.student for entry in roll.entries] == ["1", "2"]


def test_metadata_larger_than_any_export_are_refused(monkeypatch):
    monkeypatch.setattr(gradescope_metadata, "MAX_BYTES", 1_000)
    with pytest.raises(IntakeError, match="more than 1,000 bytes; export the submissions again"):
        read_records([b"x\n"] * 501)


def test_ten_megabytes_of_results_take_little_time():
    start = time.process_time()
    read_records(
        [
            b"submission_1:\n",
            b"  :created_at: 2026-01-31 10:00:00 Z\n",
            *[b"      some output of a test: " + b"x" * 60 + b"\n"] * 100_000,
        ]
    )
    assert time.process_time() - start < 5.0
