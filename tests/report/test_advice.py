"""The page proposes what brings back most points first."""

from __future__ import annotations

import pytest

from grader.model import Verdict
from grader.report.advice import next_steps, open_points
from grader.report.result_json import result_of


@pytest.fixture
def result(reports):
    """A result in which a2, a4, b1, b2, b8 and c1 lost points."""
    return result_of(reports["partly"])


def test_steps_are_ordered_by_the_points_that_they_bring_back(result):
    steps = next_steps(result)
    assert [step.question for step in steps] == ["a4", "b2", "c1", "a2", "b1", "b8"]
    assert [step.points for step in steps] == sorted((step.points for step in steps), reverse=True)


def test_a_missing_name_is_asked_for_with_its_signature(result):
    step = next_steps(result)[0]
    assert step.sentence == "Define `receptive_field(layers) -> int`: no such name was there after your file had run."


def test_a_short_counterexample_is_told_in_one_sentence(result):
    assert _step(result, "a2").sentence == (
        "`conv_output_shape(height=5, width=5, kernel=2, stride=2)` gave `(3, 3, 1)`; it should have given `(2, 2, 1)`."
    )


def test_a_long_counterexample_is_told_by_its_message(result):
    assert _step(result, "b2").sentence.startswith("It gave a wrong answer: the largest difference is 4.95")


def test_an_exception_is_told_by_its_message(result):
    assert _step(result, "b8").sentence.startswith("It raised an exception: RuntimeError: The size of tensor a")


def test_without_a_message_the_rule_is_told(result):
    check = next(check for question in result["questions"] for check in question["checks"] if check["id"] == "check_c1")
    check["message"] = ""
    assert _step(result, "c1").sentence == (
        "It gave no answer in time. What must hold: Windows larger than the picture are averaged as "
        "`scipy.ndimage.convolve` does."
    )


def test_a_public_check_explains_a_loss_before_a_dearer_hidden_one(result):
    question = next(question for question in result["questions"] if question["id"] == "a2")
    hidden = dict(question["checks"][-1], visibility="hidden", out_of=9.0, counterexample=None, message="hidden")
    question["checks"].insert(0, hidden)
    assert "conv_output_shape" in _step(result, "a2").sentence


def test_what_was_not_run_and_what_is_our_fault_are_no_steps(reports):
    assert "e4" not in {step.question for step in next_steps(result_of(reports["partly"]))}
    assert next_steps(result_of(reports["fault"])) == ()


def test_points_that_wait_for_a_mended_check_are_open_and_not_lost(reports):
    questions = {question["id"]: question for question in result_of(reports["fault"])["questions"]}
    assert open_points(questions["c2"]) == pytest.approx(5.0)
    assert open_points(questions["b3"]) == pytest.approx(4 / 3)
    assert open_points(questions["a1"]) == 0.0


def test_a_lost_decisive_check_leaves_no_points_open(reports):
    question = next(q for q in result_of(reports["fault"])["questions"] if q["id"] == "b3")
    question["checks"][0] |= {"verdict": "fail", "decisive": True}
    assert open_points(question) == 0.0


def test_a_wrong_answer_beside_a_fault_is_a_step(reports):
    result = result_of(reports["fault"])
    question = next(q for q in result["questions"] if q["id"] == "b3")
    question["checks"][0] |= {"verdict": "fail", "points": 0.0, "message": "the shape is wrong"}
    question["points"] = question["checks"][1]["points"]
    (step,) = next_steps(result)
    assert (step.question, step.points) == ("b3", pytest.approx(4 / 3, abs=0.01))


def test_a_written_answer_that_is_not_there_is_a_step(reports):
    (step,) = next_steps(result_of(reports["written"]))
    assert (step.question, step.points) == ("w2", 3.0)
    assert step.sentence.startswith("Write your answer into the cell tagged `answer-w2`: none was found")


def test_full_marks_leave_nothing_to_do(reports):
    assert next_steps(result_of(reports["right"])) == ()


def test_a_cell_that_raised_comes_first_and_stands_for_the_names_that_it_cost(reports):
    (step,) = next_steps(result_of(reports["raised"]))
    assert step.title == "Cell 7 stopped with an exception"
    assert step.sentence.startswith("`NameError: name 'k' is not defined` – mend this first: 7 names")
    assert (step.question, step.points) == ("", 25.0)


def test_points_that_only_a_part_of_the_checks_gave_are_told_by_the_note(reports):
    result = result_of(reports["right"])
    note = "Accuracy 0.7: half of the points."
    result["questions"][0] |= {"points": 1.0, "verdict": Verdict.FAIL.value, "note": note}
    assert _step(result, "a1").sentence == note


def _step(result, question):
    return next(step for step in next_steps(result) if step.question == question)
