"""The gradebook: a row for each student that spreadsheets and programs read alike, and that runs in none of them."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.class_results import Standing, class_result
from grader.export.gradebook import gradebook_csv
from tests.a_class import answering, course, entry, faulty, graded, question, result, unreadable


def read(text):
    """Read a gradebook as a program does that knows nothing of us."""
    return list(csv.DictReader(io.StringIO(text.encode().decode("utf-8-sig"), newline="")))


def row(*results):
    (only,) = read(gradebook_csv(results))
    return only


def test_a_row_says_who_when_and_how_many_points():
    one = class_result(
        entry("ada", name="Ada Lovelace", attempt=2, attempts=2, handed_in="2026-03-09T10:00:00", late=True),
        result([question("a1", 4), question("a2", 1.3333)]),
    )
    assert row(one) == {
        "id": "ada",
        "name": "Ada Lovelace",
        "attempt": "2",
        "handed_in": "2026-03-09T10:00:00",
        "late": "TRUE",
        "a1": "4",
        "a2": "1.3333",
        "total": "5.3333",
        "out_of": "8",
        "percent": "66.6",
        "complete": "TRUE",
        "flags": "late; attempt 2 of 2",
    }


def test_the_header_stands_also_where_nobody_handed_in():
    assert gradebook_csv([], ["a1"]) == "\ufeffid,name,attempt,handed_in,late,a1,total,out_of,percent,complete,flags\r\n"


def test_an_incomplete_score_is_empty_and_flagged():
    one = row(class_result(entry("ada"), result([question("a1", 4), faulty("a2"), question("b1", 0)])))
    assert (one["a1"], one["a2"], one["b1"]) == ("4", "", "0")
    assert (one["total"], one["percent"], one["out_of"]) == ("", "", "12")
    assert (one["complete"], one["flags"]) == ("FALSE", "incomplete")


def test_what_is_not_graded_yet_is_empty_and_flagged():
    one = read(gradebook_csv([graded("ada", [4]), class_result(entry("bob"), None)]))[1]
    assert (one["id"], one["a1"], one["total"], one["percent"]) == ("bob", "", "", "")
    assert (one["complete"], one["flags"]) == ("FALSE", "not graded yet")


@pytest.mark.parametrize(
    ("found", "stored"),
    [(entry("bob", problem="it is empty", path=None), None), (entry("bob"), unreadable("it is empty"))],
    ids=["by the intake of the class", "when it was to be graded"],
)
def test_an_unreadable_one_is_0_of_what_the_others_can_earn_and_flagged(found, stored):
    one = read(gradebook_csv([graded("ada", [4, 4, 4]), class_result(found, stored)]))[1]
    assert (one["a1"], one["b1"], one["total"], one["out_of"], one["percent"]) == ("0", "0", "0", "12", "0")
    assert (one["complete"], one["flags"]) == ("TRUE", "unreadable")


def test_what_was_not_run_is_empty_and_not_in_what_it_is_out_of():
    on_gpu = question("b1", 0, verdict="not run", out_of=0.0, not_run=4.0)
    one = row(class_result(entry("ada"), result([question("a1", 3), on_gpu])))
    assert (one["b1"], one["total"], one["out_of"], one["percent"], one["complete"]) == ("", "3", "4", "75", "TRUE")


def test_the_best_attempt_of_a_student_is_the_one_row():
    attempts = [
        class_result(entry("ada", id=f"ada-{n}", attempt=n, attempts=2), result([question("a1", points)]))
        for n, points in ((1, 3), (2, 1))
    ]
    assert (row(*attempts)["total"], row(*attempts)["attempt"]) == ("3", "1")


def test_points_by_hand_have_columns_of_their_own_where_there_are_any():
    written = question("w1", 0) | {"kind": "written", "by_hand": 3.0}

    def by_hand(points):
        score = result([question("a1", 4)])["score"] | {"by_hand": {"points": points, "out_of": 3.0}}
        return row(class_result(entry("ada"), result([question("a1", 4), written], score=score)))

    assert (by_hand(2.5)["by_hand"], by_hand(2.5)["by_hand_out_of"], by_hand(2.5)["total"]) == ("2.5", "3", "4")
    assert by_hand(None)["by_hand"] == ""
    assert "w1" not in by_hand(None)
    assert "by_hand" not in row(graded("ada", [4]))


def test_the_columns_can_be_given():
    assert list(read(gradebook_csv([graded("ada", [4, 2])], ["a2", "x9"]))[0])[5:7] == ["a2", "x9"]


def test_a_question_never_takes_the_column_of_another_thing():
    one = row(class_result(entry("ada"), result([question("total", 3), question("id", 1)])))
    assert (one["id"], one["total"], one["question total"], one["question id"]) == ("ada", "4", "3", "1")


def test_totals_are_those_of_the_reports_and_the_questions_add_up():
    results = course(60)
    reported = {one.student: one for one in results}
    for one in read(gradebook_csv(results)):
        of = reported[one["id"]]
        if of.standing is Standing.GRADED:
            assert float(one["total"]) == of.points
            assert float(one["out_of"]) == of.out_of
            assert sum(float(one[q.id]) for q in of.questions) == pytest.approx(of.points)
        else:
            assert one["total"] == ("0" if of.standing is Standing.UNREADABLE else "")
    assert len(reported) == 60


def test_lines_end_as_the_standard_says_and_the_text_begins_with_a_mark_for_excel():
    text = gradebook_csv([answering("ada"), graded("bob, the second", [4])])
    assert text.startswith("\ufeffid,")
    assert text.count("\r\n") == 3
    assert not re.search(r"(?<!\r)\n", text)
    assert '"bob, the second"' in text


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "＝1+1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_begins_as_a_formula(formula):
    one = row(class_result(entry(formula, name=formula, handed_in=formula), result([question("a1", 4)])))
    for cell in (one["id"], one["name"], one["handed_in"]):
        assert cell.startswith("'")
        assert cell[1:].strip() == formula.strip()


def test_controls_are_blanks_and_half_a_character_is_marked():
    one = row(graded("a\x00b\r\nc\u2028d\ud800", [4]))
    assert one["id"] == "a b  c d\ufffd"


@given(st.text(st.characters(), max_size=20), st.text(st.characters(), max_size=20))
def test_any_name_makes_one_row_that_runs_nowhere_and_reads_back(student, name):
    text = gradebook_csv([class_result(entry(student, name=name), result([question("a1", 4)]))])
    (header, values) = csv.reader(io.StringIO(text.encode().decode("utf-8-sig"), newline=""))
    assert len(header) == len(values)
    for cell, given_text in zip(values[:2], (student, name), strict=True):
        assert not re.match(r"\s*[=+\-@\t\r]", cell)
        if given_text.isprintable() and not re.match(r"\s*[=+\-@＝＋－＠]", given_text):
            assert cell == given_text
