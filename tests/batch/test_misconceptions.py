"""Wrong answers of known-wrong variants give names to equal answers of students."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from grader.batch.misconceptions import WrongAnswer, file_of, read_misconceptions, to_text
from grader.class_results import shortened
from grader.errors import SpecError


@pytest.fixture
def assignment(conv_nets, tmp_path):
    folder = tmp_path / "assignments" / "conv_nets"
    (tmp_path / "reference" / "conv_nets").mkdir(parents=True)
    return replace(conv_nets, folder=folder)


def answer(name, *, got="(3, 3, 1)"):
    return WrongAnswer(check="check_shape", call="conv_output_shape(5, 5, 2)", got=got, name=name)


def test_what_is_written_is_read_back_with_texts_as_a_class_has_them(assignment):
    long = "x" * 1_000
    file_of(assignment).write_text(to_text([answer("ceil instead of floor"), answer("strange", got=long)]))
    assert read_misconceptions(assignment) == {
        ("check_shape", "conv_output_shape(5, 5, 2)", "(3, 3, 1)"): "ceil instead of floor",
        ("check_shape", "conv_output_shape(5, 5, 2)", shortened(long)): "strange",
    }


def test_two_variants_with_one_answer_are_both_named_and_three_tell_nothing(assignment):
    both = json.loads(to_text([answer("b"), answer("a")]))["known"]
    assert [each["name"] for each in both] == ["a or b"]
    assert json.loads(to_text([answer("a"), answer("b"), answer("c")]))["known"] == []


def test_an_assignment_without_the_file_has_no_names_and_a_broken_file_says_how_to_make_it_again(assignment):
    assert read_misconceptions(assignment) == {}
    file_of(assignment).write_text("{}")
    with pytest.raises(SpecError, match="validate conv_nets --write-misconceptions"):
        read_misconceptions(assignment)
