"""Numbers and words as a student reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Verdict
from grader.report.wording import SIGNS, counted, cut, first_line, number, seconds, sentence, sign_of, sign_of_answer


def test_every_verdict_has_a_sign_and_no_two_read_the_same():
    assert set(SIGNS) == set(Verdict)
    assert len({sign.word for sign in SIGNS.values()}) == len(SIGNS)


@pytest.mark.parametrize(("verdict", "word"), [("pass", "right"), ("fault", "not graded (our problem)")])
def test_a_verdict_reads(verdict, word):
    assert sign_of(verdict).word == word


@pytest.mark.parametrize(("found", "word"), [("the cell tagged answer-w1", "to be read"), ("", "no answer found")])
def test_a_written_answer_reads(found, word):
    assert sign_of_answer(found).word == word


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2.0, "2"), (71.5, "71.5"), (4 / 3, "1.33"), (0, "0"), (-0.001, "0"), (100.0, "100")],
)
def test_points_have_at_most_two_decimals_and_no_trailing_zeros(value, shown):
    assert number(value) == shown


@given(st.floats(min_value=0, max_value=1e6))
def test_a_shown_number_is_within_half_a_hundredth(value):
    assert abs(float(number(value)) - value) <= 0.00501


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ((1, "check"), "1 check"),
        ((2, "check"), "2 checks"),
        ((0, "check"), "0 checks"),
        ((90_412, "byte"), "90,412 bytes"),
        ((0.5, "point"), "0.5 points"),
        ((1.0, "point"), "1 point"),
        ((2, "wrong answer", "wrong answers"), "2 wrong answers"),
        ((3, "right", "right"), "3 right"),
    ],
)
def test_a_count_agrees_with_its_noun(arguments, shown):
    assert counted(*arguments) == shown


@pytest.mark.parametrize(("value_s", "shown"), [(0.0304, "30 ms"), (1.84, "1.8 s"), (75.2, "75 s"), (0.0, "0 ms")])
def test_a_time_reads(value_s, shown):
    assert seconds(value_s) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv2d has no stop", "conv2d has no stop."),
        ("the numbers differ", "The numbers differ."),
        ("a stop.", "A stop."),
        ("really?", "really?"),
        ("f(x)", "f(x)."),
        ("", ""),
        ("so: ", "so:"),
    ],
)
def test_a_sentence_ends_in_a_stop(text, shown):
    assert sentence(text) == shown


def test_the_first_line_is_the_first_that_says_something():
    assert first_line("\n  \n  a line\nanother") == "a line"
    assert first_line("") == ""


def test_a_long_line_is_cut_with_an_ellipsis():
    assert first_line("x" * 500, limit=10) == "x" * 9 + "…"


def test_a_long_text_is_cut_and_says_how_much_is_missing():
    assert cut("x" * 30, limit=30) == "x" * 30
    assert cut("x" * 31, limit=30) == "x" * 30 + "\n… 1 more character in result.json"
