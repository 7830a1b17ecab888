"""What a regrade changes and why: read from two results and the settings that they were made in."""

from __future__ import annotations

import pytest

from grader.batch.changes import change_of


def result(**questions):
    """Return a result with these questions: id -> (points, verdict, {check: verdict})."""
    rows = [
        {
            "id": name,
            "points": points,
            "out_of": 4.0,
            "not_run": 0.0,
            "verdict": verdict,
            "checks": [{"id": check, "verdict": found} for check, found in checks.items()],
        }
        for name, (points, verdict, checks) in questions.items()
    ]
    total = {"points": sum(row["points"] for row in rows), "out_of": 4.0 * len(rows)}
    return {"score": total, "questions": rows}


def setting(checks, **context):
    return {"checks": checks, "context": context}


BEFORE = result(a1=(4.0, "pass", {"check_x": "pass", "check_y": "pass"}), a2=(4.0, "pass", {"check_z": "pass"}))
SETTING = setting({"check_x": "1", "check_y": "1", "check_z": "1"}, **{"the seed": 0})


def change(after, settings=(SETTING, SETTING), before=BEFORE):
    return change_of("ada", before, after, settings=settings)


def test_an_equal_result_is_no_change_that_anybody_sees():
    same = change(BEFORE)
    assert not same.is_seen
    assert same.gain == 0


def test_an_edited_check_is_named_with_what_it_finds_now_and_others_are_not_mentioned():
    after = result(a1=(2.0, "fail", {"check_x": "fail", "check_y": "pass"}), a2=(4.0, "pass", {"check_z": "pass"}))
    edited = setting({"check_x": "2", "check_y": "1", "check_z": "1"}, **{"the seed": 0})
    found = change(after, (SETTING, edited))
    assert found.gain == -2
    assert [question.id for question in found.questions] == ["a1"]
    assert found.questions[0].why == ("check_x was edited: pass became fail",)


def test_a_parametrised_check_is_known_by_its_function():
    before = result(a1=(4.0, "pass", {"check_x[3]": "pass"}))
    after = result(a1=(0.0, "fail", {"check_x[3]": "fail"}))
    edited = setting({"check_x": "2"})
    assert change(after, (setting({"check_x": "1"}), edited), before).questions[0].why == (
        "check_x[3] was edited: pass became fail",
    )


def test_what_stands_around_all_checks_is_named_when_no_edit_explains_the_change():
    after = result(a1=(2.0, "fail", {"check_x": "fail", "check_y": "pass"}), a2=(4.0, "pass", {"check_z": "pass"}))
    found = change(after, (SETTING, setting(SETTING["checks"], **{"the seed": 7})))
    assert found.questions[0].why == ("check_x finds something else: pass became fail", "the seed changed")


@pytest.mark.parametrize(
    ("checks", "why"),
    [
        ({"check_x": "pass", "check_y": "pass", "check_new": "fail"}, "check_new is new"),
        ({"check_x": "pass"}, "check_y is gone"),
    ],
)
def test_checks_that_are_new_or_gone_are_named(checks, why):
    after = result(a1=(3.0, "fail", checks), a2=(4.0, "pass", {"check_z": "pass"}))
    assert why in change(after).questions[0].why


def test_a_question_with_other_points_says_so():
    after = result(a1=(4.0, "pass", {"check_x": "pass", "check_y": "pass"}), a2=(6.0, "pass", {"check_z": "pass"}))
    after["questions"][1]["out_of"] = 6.0
    assert change(after).questions[0].why == ("it is worth 6 points instead of 4",)


def test_a_question_that_is_new_or_gone_is_a_change():
    found = change(result(a1=(4.0, "pass", {"check_x": "pass", "check_y": "pass"}), a9=(1.0, "fail", {})))
    assert {question.id: question.verdicts for question in found.questions} == {
        "a9": ("not asked", "fail"),
        "a2": ("pass", "not asked"),
    }
    assert found.gain == -3


def test_a_verdict_that_changes_without_points_is_seen():
    before = result(a1=(0.0, "timeout", {"check_x": "timeout"}))
    after = result(a1=(0.0, "fail", {"check_x": "fail"}))
    found = change(after, before=before)
    assert found.is_seen
    assert found.gain == 0
