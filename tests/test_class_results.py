"""A class holds of each submission what it needs, and one attempt of each student counts."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.class_results import (
    LONGEST,
    FaultSeen,
    Standing,
    class_result,
    counted,
    flags_of,
    most_points,
    percent,
    questions_of,
    shortened,
)
from grader.model import Verdict
from tests.a_class import CEIL, answering, check, course, entry, faulty, graded, question, result, unreadable

SCHEMA = Path(__file__).parent.parent / "grader" / "report" / "report-v1.schema.json"


def test_the_results_of_these_tests_keep_the_schema():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    for one in (result([question("a1"), faulty("b1")]), unreadable("it is no notebook")):
        jsonschema.validate(one, schema)


def test_a_graded_submission_keeps_its_points_and_its_students_words():
    one = class_result(
        entry("ada", name="Ada Lovelace", attempt=2, attempts=3, handed_in="2026-03-09T10:00:00", late=True),
        result([question("a1", 4), question("a2", 1.5)]),
    )
    assert (one.standing, one.points, one.out_of, one.has_report) == (Standing.GRADED, 5.5, 8.0, True)
    assert (one.name, one.attempt, one.attempts, one.late) == ("Ada Lovelace", 2, 3, True)
    assert [(q.id, q.points, q.verdict) for q in one.questions] == [("a1", 4, Verdict.PASS), ("a2", 1.5, Verdict.FAIL)]
    assert one.wall_s == 1.8


def test_what_a_check_found_is_kept():
    found = answering("ada", CEIL).questions[0].checks[0]
    assert (found.call, found.expected, found.got) == (CEIL["call"], "(2, 2, 1)", "(3, 3, 1)")
    assert (found.id, found.question, found.verdict, found.message) == ("check_0", "a2", Verdict.FAIL, "the numbers differ")


def test_a_check_without_a_counterexample_is_told_from_one_whose_counterexample_is_no_call():
    without = answering("ada", {}, verdict="missing").questions[0].checks[0]
    a_line = answering("ada", {"call": "", "expected": "no torch.nn", "got": "y = nn.Conv2d(1, 1, 3)(x)"})
    assert without.call is None
    assert a_line.questions[0].checks[0].call == ""


def test_a_submission_with_a_fault_is_incomplete_and_says_why():
    reported = result(
        [question("a1"), faulty("b1")], faults=[{"where": "checks_hidden.py", "message": "no such mode", "details": ""}]
    )
    one = class_result(entry("ada"), reported)
    assert one.standing is Standing.INCOMPLETE
    assert one.faults == (FaultSeen(where="checks_hidden.py", message="no such mode"),)


def test_where_the_report_names_no_fault_its_checks_do():
    one = class_result(entry("ada"), result([question("a1"), faulty("b1"), faulty("b2")]))
    assert [fault.where for fault in one.faults] == ["b1", "b2"]
    assert one.faults[0].message == "the check itself failed (ValueError)"


def test_an_incomplete_submission_never_lacks_a_reason():
    bare = result([question("a1", 0, verdict="fault") | {"checks": []}])
    assert [fault.message for fault in class_result(entry("ada"), bare).faults] == ["it did not take place"]


@pytest.mark.parametrize(
    ("found", "given_result", "has_report"),
    [(entry("ada", problem="it is empty", path=None), None, False), (entry("ada"), unreadable("it is empty"), True)],
    ids=["by the intake of the class", "when it was to be graded"],
)
def test_what_could_not_be_opened_is_unreadable_and_has_no_points(found, given_result, has_report):
    one = class_result(found, given_result)
    assert (one.standing, one.problem, one.points, one.has_report) == (Standing.UNREADABLE, "it is empty", 0.0, has_report)


def test_an_entry_without_a_result_waits():
    one = class_result(entry("ada"), None)
    assert (one.standing, one.questions, one.has_report) == (Standing.WAITING, (), False)


def test_written_questions_are_left_to_a_person():
    written = question("w1", 0) | {"kind": "written", "by_hand": 3.0, "checks": []}
    score = result([question("a1")])["score"] | {"by_hand": {"points": 2.5, "out_of": 3.0}}
    one = class_result(entry("ada"), result([question("a1"), written], score=score))
    assert [q.id for q in one.questions] == ["a1"]
    assert (one.by_hand, one.by_hand_out_of) == (2.5, 3.0)


lengths = st.integers(0, 200).map(lambda length: "x" * length)
limits = st.integers(60, 90)


@given(lengths, st.text(), lengths, st.text(), limits)
def test_shortened_texts_are_equal_just_where_the_texts_are(start, end, other_start, other_end, limit):
    one, other = start + end, other_start + other_end
    assert (shortened(one, limit) == shortened(other, limit)) == (one == other)


@given(lengths, st.text(st.characters()), limits)
def test_a_shortened_text_begins_like_the_text_and_is_not_long(start, end, limit):
    text = start + end
    short = shortened(text, limit)
    assert len(short) <= limit
    assert (short == text) == (len(text) <= limit)
    assert text.startswith(short.partition("…")[0]) or "…" in text
    assert shortened(short, limit) == short


def test_a_text_of_megabytes_is_not_held():
    huge = "x" * 10**7
    one = answering("ada", {"call": huge, "expected": huge, "got": huge}, message=huge)
    found = one.questions[0].checks[0]
    assert max(map(len, (found.call, found.expected, found.got, found.message))) <= LONGEST


def test_hundreds_of_submissions_take_little_memory():
    def handed_in(place):
        wrong = [check(f"check_{n}", "fail", counterexample=CEIL | {"got": f"({n}, {place % 50})"}) for n in range(3)]
        right = [check(f"check_{n}") for n in range(3, 6)]
        return result([question(f"q{n}", n % 3, [*wrong, *right]) for n in range(16)])

    texts = [json.dumps(handed_in(place)) for place in range(50)]
    warmed_up = [class_result(entry("first"), json.loads(text)) for text in texts]
    tracemalloc.start()
    held = [class_result(entry(f"s{place}"), json.loads(texts[place % 50])) for place in range(300)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held[0].questions == warmed_up[0].questions
    assert size / len(held) < 4000  # bytes for each: ten thousand are 40 MB


# Which attempt counts


def attempt(number: int, points: float | None, student: str = "ada", of: int = 3):
    one = entry(student, id=f"{student}-{number}", attempt=number, attempts=of)
    return class_result(one, None if points is None else result([question("a1", points)]))


def test_of_several_graded_attempts_the_best_counts_and_names_the_others():
    (one,) = counted([attempt(1, 2), attempt(2, 3), attempt(3, 1)])
    assert (one.id, one.points, one.others) == ("ada-2", 3.0, ("ada-1", "ada-3"))


def test_of_equally_good_attempts_the_earliest_counts():
    (one,) = counted([attempt(3, 2), attempt(2, 2), attempt(1, 1)])
    assert one.id == "ada-2"


def test_an_attempt_that_could_be_opened_goes_before_one_that_could_not():
    broken = class_result(entry("ada", id="ada-1", attempts=2), unreadable("it is empty"))
    (one,) = counted([broken, attempt(2, 0, of=2)])
    assert (one.id, one.others) == ("ada-2", ("ada-1",))


def test_what_is_not_graded_yet_counts_only_if_nothing_else_is_there():
    (one,) = counted([attempt(1, None), attempt(2, 0)])
    assert (one.id, one.others) == ("ada-2", ())
    (one,) = counted([attempt(2, None), attempt(1, None)])
    assert one.id == "ada-1"


def test_students_stand_in_the_order_of_their_names():
    one, other = entry("z9", name="ada"), entry("a1", name="Bob")
    assert [r.student for r in counted([class_result(other, None), class_result(one, None)])] == ["z9", "a1"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 4)), max_size=12), st.randoms())
def test_each_student_counts_once_whatever_the_order_and_counting_again_changes_nothing(handed_in, chance):
    attempts = [attempt(place, points, student) for place, (student, points) in enumerate(handed_in, start=1)]
    chosen = counted(attempts)
    assert {one.student for one in chosen} == {student for student, _ in handed_in}
    assert len({one.student for one in chosen}) == len(chosen)
    chance.shuffle(attempts)
    assert counted(attempts) == chosen == counted(chosen)
    for one in chosen:
        assert one.points == max(other.points for other in attempts if other.student == one.student)


# What is said beside the points


def test_flags_say_what_the_points_do_not():
    late = replace(attempt(2, 2), late=True)
    assert flags_of(graded("ada", [4])) == ()
    assert flags_of(late) == ("late", "attempt 2 of 3")
    assert flags_of(counted([late, attempt(1, 1)])[0]) == ("late", "attempt 2 of 3, the best")
    assert flags_of(class_result(entry("ada"), None)) == ("not graded yet",)
    assert flags_of(class_result(entry("ada", late=True), result([faulty("a1")]))) == ("incomplete", "late")
    assert flags_of(class_result(entry("ada"), unreadable("empty"))) == ("unreadable",)


@given(st.floats(0, 1000), st.floats(0, 1000))
def test_a_percentage_is_never_more_than_was_earned_and_all_only_for_all(points, out_of):
    points = min(points, out_of)
    shown = percent(points, out_of)
    assert 0 <= shown <= 100
    if shown == 100:
        assert f"{points:.2f}" == f"{out_of:.2f}"
    elif out_of:
        assert shown <= 100 * points / out_of + 1e-9


def test_almost_all_is_not_all():
    assert percent(39.98, 40) == 99.9
    assert percent(39.9999, 40) == 100.0
    assert percent(0, 0) == 0.0


def test_the_questions_of_a_class_are_all_that_anybody_was_asked():
    some, all_ = graded("ada", [4, 4]), graded("bob", [1, 2, 3])
    assert [q.id for q in questions_of([some, all_])] == ["a1", "a2", "b1"]
    assert questions_of([class_result(entry("ada"), None)]) == ()
    assert most_points([some, all_]) == 12.0
    assert most_points([]) == 0.0


def test_a_course_has_every_standing():
    assert {one.standing for one in course(30)} == set(Standing)
