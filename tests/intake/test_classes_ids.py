"""The ids of students: safe everywhere, never the same for two, always the same for one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.intake.attempts import attempt_id
from grader.intake.classes import open_class
from grader.intake.student_ids import MAX_ID_BYTES, folded, student_id, unique_ids

# What any file name on disk or in an archive can hold, odd characters often.
odd = st.sampled_from(
    [
        "ada",
        "ADA",
        "Ada",
        "con",
        "NUL",
        "com1.txt",
        "..",
        ".",
        " ",
        "~1",
        "é",
        "e\u0301",
        "ß",
        "ss",
        "\u202e",
        "/",
        "\\",
        ":",
        "\udcff",
    ]
)
labels = st.one_of(st.text(max_size=120), st.lists(odd, max_size=5).map("".join), st.text("aA.", max_size=6))
RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    *(f"{port}{digit}" for port in ("com", "lpt") for digit in "0123456789¹²³"),
}


def hold_safe(name):
    assert name
    assert not set(name) & set('<>:"/\\|?*')
    assert all(unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp") for character in name)
    assert name.strip(" ") == name
    assert not name.startswith(".")
    assert not name.endswith(".")
    assert name.partition(".")[0].strip().lower() not in RESERVED
    assert unicodedata.is_normalized("NFC", name)
    assert len(name.encode()) <= MAX_ID_BYTES


@given(label=labels)
@example(label="con .txt")
@example(label=" . con")
@example(label="x" * 70 + "é" * 30)
@example(label="lpt¹")
def test_whatever_a_student_is_called_the_id_is_safe_as_a_folder_on_every_system(label):
    name = student_id(label)
    hold_safe(name)
    assert "~" not in name
    assert student_id(name) == name
    hold_safe(attempt_id(f"{name}-0123456789ab", 9_999, 2))


@pytest.mark.parametrize(
    "label", ["ada", "Ada Lovelace_1234", "Zoë", "李雷", "ada@example.org", "O'Hara, B.", "x" * 80, "-rf", "_ada"]
)
def test_what_every_system_can_store_stays_as_it_is(label):
    expected = label.rstrip(".")
    assert student_id(label) == expected


def test_two_long_names_with_the_same_beginning_differ():
    assert student_id("x" * 200 + "1") != student_id("x" * 200 + "2")


@given(names=st.dictionaries(st.text(max_size=8), labels, max_size=12), order=st.randoms(use_true_random=False))
def test_no_two_students_share_an_id_on_any_system_and_the_order_does_not_matter(names, order):
    ids = unique_ids(names)
    assert ids.by_key.keys() == names.keys()
    assert len({folded(name) for name in ids.by_key.values()}) == len(names)
    for name in ids.by_key.values():
        hold_safe(name)
    shuffled = dict(order.sample(sorted(names.items()), len(names)))
    assert unique_ids(shuffled) == ids
    assert len(ids.changed) == len(names) - len({folded(student_id(label)) for label in names.values()})


@given(
    names=st.dictionaries(st.text(max_size=8), st.text("abAB", max_size=3), max_size=12),
    more=st.dictionaries(st.text(max_size=8), st.text("cdCD", max_size=3)),
)
def test_students_of_other_names_change_nobodys_id(names, more):
    before = unique_ids(names).by_key
    after = unique_ids(more | names).by_key
    assert {key: after[key] for key in before if names[key]} == {key: before[key] for key in before if names[key]}


@given(names=st.lists(st.sampled_from(["ada", "ADA", "Ada", "aDa", "adA"]), unique=True, min_size=2))
def test_the_digits_of_a_student_do_not_depend_on_the_others_of_the_name(names):
    ids = unique_ids({name: name for name in names}).by_key
    everybody = unique_ids({name: name for name in ["ada", "ADA", "Ada", "aDa", "adA"]}).by_key
    first = min(names)
    assert ids[first] == first
    assert all(ids[name] == everybody[name] for name in names if name != first)


def test_the_digits_never_make_a_student_into_another():
    digits = unique_ids({"ADA": "ADA", "ada": "ada"}).by_key["ada"].removeprefix("ada-")
    ids = unique_ids({"ADA": "ADA", "ada": "ada", "x": f"ada-{digits}"}).by_key
    assert ids["x"] == f"ada-{digits}"
    assert len({folded(name) for name in ids.values()}) == 3


def test_a_student_called_as_an_attempt_of_another_is_told_apart(tmp_path, write_folder):
    files = {"ada_v1.py": b"", "ada_v2.py": b"", "ada~2.py": b"", "ada_2.py": b""}
    roll = open_class(write_folder(tmp_path / "class", files), staging=tmp_path / "out", slug="conv_nets")
    assert len({entry.id for entry in roll.entries}) == 4
    assert {"ada~1", "ada~2", "ada_2"} < {entry.id for entry in roll.entries}


def test_the_same_class_gives_the_same_ids_when_students_come_and_go(tmp_path, write_folder):
    names = ["ADA.py", "ada.py", "ada.ipynb", "Zoë.py", "bob/x.py", "bob_v2/x.py", "con.py", "x" * 150 + ".py"]
    folder = write_folder(tmp_path / "class", dict.fromkeys(names, b""))
    before = {entry.origin: entry.id for entry in open_class(folder, staging=tmp_path / "out", slug="conv_nets").entries}
    write_folder(folder, {"cem.py": b"", "dan/x.py": b"", "bob_v3.py": b""})
    after = {entry.origin: entry.id for entry in open_class(folder, staging=tmp_path / "out", slug="conv_nets").entries}
    assert {origin: after[origin] for origin in before} == before
    again = {entry.origin: entry.id for entry in open_class(folder, staging=tmp_path / "out", slug="conv_nets").entries}
    assert again == after
