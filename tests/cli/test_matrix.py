"""Which check catches what alone, and what is said of one that catches nothing alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.cli.matrix import Row, columns_of, complaints_of


def columns(rows, checks="xyz"):
    table = [Row(variant=f"v{number}", question="a", caught_by=tuple(caught)) for number, caught in enumerate(rows)]
    return columns_of(table, dict.fromkeys(checks, "a"))


def test_a_variant_that_one_check_fails_is_caught_by_it_alone():
    x, y, z = columns(["x", "xy", "y"])
    assert (x.alone, x.caught) == (("v0",), ("v0", "v1"))
    assert (y.alone, y.caught) == (("v2",), ("v1", "v2"))
    assert (z.alone, z.caught) == ((), ())


def test_a_check_without_any_variant_is_complained_about():
    (complaint,) = complaints_of(columns(["x", "y"]))
    assert complaint.startswith("a: z catches none of the known-wrong variants; write one that it alone catches")


def test_a_check_that_another_shadows_is_complained_about_with_the_other():
    (complaint,) = complaints_of(columns(["xy", "y", "xyz", "z"]))
    assert complaint.startswith("a: x catches nothing alone: every variant that it catches is also caught by y; ")


def test_where_no_single_check_shadows_it_the_fewest_are_named_that_do_together():
    (complaint,) = complaints_of(columns(["xy", "xy", "xz", "y", "z"]))
    assert "also caught by y or z; " in complaint


def test_there_is_nothing_to_complain_about_when_each_check_catches_something_alone():
    assert not list(complaints_of(columns(["x", "y", "z", "xyz"])))


@given(rows=st.lists(st.sets(st.sampled_from("xyz"), min_size=1).map(sorted), max_size=8))
def test_each_check_catches_something_alone_or_is_shadowed_by_others_on_every_variant(rows):
    for column in columns(rows):
        caught = [set(row) for row in rows if column.check in row]
        assert len(column.caught) == len(caught)
        if column.alone:
            assert {column.check} in caught
            assert not column.shadows
        else:
            assert all(row & set(column.shadows) for row in caught)
            assert column.check not in column.shadows
