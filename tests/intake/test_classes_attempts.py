"""Several attempts of one student: how their names tell the order, and which of them count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.attempts import attempt_mark, choose_attempts, number_attempts
from grader.intake.class_canvas import own_names
from grader.intake.classes import open_class
from grader.intake.found import Found
from grader.model import Entry

CODE = b"def conv2d(x, w):\n    return x\n"


@pytest.fixture
def roll_of(tmp_path):
    """Open a class with a folder of its own to unpack into."""
    return lambda path: open_class(path, staging=tmp_path / "out" / "unpacked", slug="conv_nets")


@pytest.mark.parametrize(
    ("name", "student", "number"),
    [
        ("ada_attempt2", "ada", 2),
        ("ada-attempt-2", "ada", 2),
        ("ada attempt 02", "ada", 2),
        ("ada (attempt 2)", "ada", 2),
        ("ada_try_3", "ada", 3),
        ("ada_v2", "ada", 2),
        ("ada.V10", "ada", 10),
        ("ada_version3", "ada", 3),
        ("ada_revision_1", "ada", 1),
        ("lovelace_ada_v2", "lovelace_ada", 2),
        ("attempt_4", "", 4),
    ],
)
def test_a_word_and_a_number_at_the_end_are_an_attempt(name, student, number):
    mark = attempt_mark(name)
    assert (mark.rest, mark.order[1]) == (student, number)


@pytest.mark.parametrize(
    ("name", "student", "moment"),
    [
        ("ada_2026-01-31", "ada", "2026-01-31T00:00:00"),
        ("ada 2026-01-31 23.59.00", "ada", "2026-01-31T23:59:00"),
        ("ada_2026-01-31-23-59-07", "ada", "2026-01-31T23:59:07"),
        ("ada_2026-01-31T23:59:00Z", "ada", "2026-01-31T23:59:00+00:00"),
        ("ada_2026-01-31T23:59:00.123+01:00", "ada", "2026-01-31T23:59:00+01:00"),
        ("ada_20260131-2359", "ada", "2026-01-31T23:59:00"),
        ("ada_20260131T235900Z", "ada", "2026-01-31T23:59:00+00:00"),
        ("ada_20260131235900", "ada", "2026-01-31T23:59:00"),
        ("ada_attempt_2026-01-31-23-59-00", "ada", "2026-01-31T23:59:00"),
        ("2026-01-31", "", "2026-01-31T00:00:00"),
    ],
)
def test_a_date_at_the_end_is_an_attempt(name, student, moment):
    mark = attempt_mark(name)
    assert (mark.rest, mark.handed_in) == (student, moment)


@pytest.mark.parametrize(
    "name",
    [
        "ada",
        "ada-2",
        "ada (1)",
        "ada_20260131",  # many students have numbers of eight digits
        "ada_2026",
        "ada_2026-13-01",
        "ada_0001-01-01",
        "adav2",
        "attempt",
        "ada_final",
        "ada_v",
        "ada_v2_final",
        "20260131",
        "group_v_b",
    ],
)
def test_what_may_belong_to_the_name_is_no_attempt(name):
    mark = attempt_mark(name)
    assert (mark.rest, mark.order, mark.handed_in) == (name, (False, 0, ""), "")


def test_attempts_lie_beside_each_other_in_any_kind_or_inside_the_students_folder(tmp_path, roll_of, write_folder, write_zip):
    folder = write_folder(
        tmp_path / "class",
        {
            "ada_attempt10.py": CODE,
            "ada_attempt9/conv_nets.py": CODE,
            "bob/attempt_1/conv_nets.py": CODE,
            "bob/attempt_2/conv_nets.py": CODE,
            "bob/log.txt": b"",
            "cem/2026-01-31T10-00-00.py": CODE,
            "cem/2026-01-30T23-00-00.py": CODE,
            "dan/v1/conv_nets.py": CODE,
            "dan/helpers/x.py": CODE,
        },
    )
    write_zip(folder / "ada_attempt11.zip", {"conv_nets.py": CODE})
    entries = roll_of(folder).entries
    assert [(entry.id, entry.origin) for entry in entries] == [
        ("ada~1", "ada_attempt9"),
        ("ada~2", "ada_attempt10.py"),
        ("ada~3", "ada_attempt11.zip"),
        ("bob~1", "bob/attempt_1"),
        ("bob~2", "bob/attempt_2"),
        ("cem~1", "cem/2026-01-30T23-00-00.py"),
        ("cem~2", "cem/2026-01-31T10-00-00.py"),
        ("dan", "dan"),
    ]
    assert entries[6].handed_in == "2026-01-31T10:00:00"
    assert entries[0].path == folder / "ada_attempt9"


def test_an_attempt_that_does_not_say_which_it_is_comes_first_and_this_is_said(tmp_path, roll_of, write_folder):
    roll = roll_of(
        write_folder(tmp_path / "class", {"ada.py": CODE, "ada_v2.py": CODE, "bob_v1.py": CODE, "bob_v1.ipynb": b"{}"})
    )
    assert [entry.origin for entry in roll.entries] == ["ada.py", "ada_v2.py", "bob_v1.ipynb", "bob_v1.py"]
    assert "order of their names: ada.py, bob_v1.ipynb, bob_v1.py" in " ".join(roll.notes)


def test_a_single_attempt_with_a_number_is_the_student(tmp_path, roll_of, write_folder):
    (entry,) = roll_of(write_folder(tmp_path / "class", {"ada_v3.py": CODE})).entries
    assert (entry.id, entry.student, entry.attempt, entry.attempts) == ("ada", "ada", 1, 1)


def test_attempts_from_an_archive_have_a_folder_each(tmp_path, roll_of, write_zip):
    roll = roll_of(write_zip(tmp_path / "c.zip", {"ada_v1.py": b"1", "ada_v2.py": b"2"}))
    assert [entry.path.read_bytes() for entry in roll.entries] == [b"1", b"2"]
    assert [entry.path.parent.name for entry in roll.entries] == ["ada~1", "ada~2"]


def test_times_in_different_zones_are_put_in_their_real_order():
    found = [
        Found(key="ada", label="ada", origin=name, order=attempt_mark(name).order)
        for name in ("ada_2026-01-31T10:00:00+02:00", "ada_2026-01-31T09:00:00Z")
    ]
    assert [one.found.origin[-6:] for one in number_attempts(found)] == ["+02:00", "00:00Z"]


ENTRIES = [
    Entry(id="?", student="bob", attempt=1, attempts=1),
    Entry(id="?", student="ada", attempt=2, attempts=3, problem="broken"),
    Entry(id="?", student="ada", attempt=3, attempts=3),
    Entry(id="?", student="ada", attempt=1, attempts=3),
]


def test_the_last_attempt_counts_under_the_students_own_id():
    assert [(entry.id, entry.attempt) for entry in choose_attempts(ENTRIES, "last")] == [("ada", 3), ("bob", 1)]


def test_the_first_attempt_counts_where_that_is_asked_for():
    assert [(entry.id, entry.attempt) for entry in choose_attempts(ENTRIES, "first")] == [("ada", 1), ("bob", 1)]


def test_for_the_best_attempt_all_are_kept_with_their_numbers():
    assert [entry.id for entry in choose_attempts(ENTRIES, "best")] == ["ada~1", "ada~2", "ada~3", "bob"]


def test_there_is_no_other_way_to_choose():
    with pytest.raises(ValueError, match="no way to choose attempts: 'worst'"):
        choose_attempts(ENTRIES, "worst")


@given(
    attempts=st.dictionaries(st.sampled_from(["ada", "Bob", "cem", "ÉVA"]), st.integers(1, 4)),
    order=st.randoms(use_true_random=False),
)
def test_each_student_is_kept_once_and_the_order_of_the_entries_does_not_matter(attempts, order):
    entries = [Entry(id="", student=name, attempt=k, attempts=n) for name, n in attempts.items() for k in range(1, n + 1)]
    shuffled = order.sample(entries, len(entries))
    for which, kept in (("last", max), ("first", min)):
        chosen = choose_attempts(shuffled, which)
        assert {entry.student: entry.attempt for entry in chosen} == {name: kept(1, n) for name, n in attempts.items()}
        assert [entry.id for entry in chosen] == sorted(attempts, key=str.casefold)
    everything = choose_attempts(shuffled, "best")
    assert len({entry.id for entry in everything}) == len(entries)
    assert everything == choose_attempts(entries, "best")


# The numbers that Canvas puts into the names of files that are handed in again


@pytest.mark.parametrize(
    ("names", "own"),
    [
        (["conv_nets-1.ipynb", "helpers-12.py"], ["conv_nets.ipynb", "helpers.py"]),
        (["helpers-0f8fad5b-d9cb-469f-a165-70867728950e.py"], ["helpers.py"]),
        (["part-1.py", "part-2.py"], ["part-1.py", "part-2.py"]),
        (["conv_nets.py", "conv_nets-1.py"], ["conv_nets.py", "conv_nets-1.py"]),
        (["Conv_Nets-2.py", "conv_nets-1.py"], ["Conv_Nets-2.py", "conv_nets-1.py"]),
        (["my file-1.py", "class-1.py", "1-1.py"], ["my file-1.py", "class-1.py", "1-1.py"]),
        (["my file-1.ipynb"], ["my file.ipynb"]),
        (["data-1.csv", "work-2.zip"], ["data-1.csv", "work-2.zip"]),
        (["x-2026.py", "y-1-2.py"], ["x-2026.py", "y-1-2.py"]),
    ],
)
def test_a_number_from_canvas_goes_only_where_the_name_can_then_be_imported_and_is_free(names, own):
    assert own_names(names) == own
