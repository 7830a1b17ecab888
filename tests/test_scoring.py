"""Results -> points: what a check is worth, what is left out, what stays open, and that nothing else matters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.model import Assignment, CheckResult, Kind, Limits, Question, Verdict, Visibility
from grader.scoring import earned_weights, score_of, unjudged_score

LOST = (Verdict.FAIL, Verdict.ERROR, Verdict.TIMEOUT, Verdict.MEMORY, Verdict.CRASH, Verdict.MISSING)


def check(verdict, *, question="q1", weight=1.0, fraction=None, **fields):
    """Return a result; a passed check earns all of its points and another none, unless a fraction is given."""
    earned = fraction if fraction is not None else float(verdict is Verdict.PASS)
    return CheckResult(
        id=fields.pop("id", "check_it"),
        question=question,
        visibility=Visibility.PUBLIC,
        verdict=verdict,
        rule="It is so.",
        weight=weight,
        fraction=earned,
        **fields,
    )


def question(question_id="q1", points=4.0, kind=Kind.CODE):
    return Question(id=question_id, title="A question", kind=kind, points=points)


def assignment(*questions):
    return Assignment(slug="tiny", title="Tiny", folder=Path("tiny"), questions=questions, limits=Limits(), digest="")


def score(*results, points=4.0):
    """Return the score of one question."""
    (only,) = score_of(assignment(question(points=points)), results).questions
    return only


def points_of(*results):
    return score(*results).points


@st.composite
def results(draw, verdicts=tuple(Verdict), questions=("q1",)):
    """Results of a few checks as a judge gives them."""
    found = []
    for index in range(draw(st.integers(1, 7))):
        verdict = draw(st.sampled_from(verdicts))
        found.append(
            check(
                verdict,
                id=f"check_{index}",
                question=draw(st.sampled_from(questions)),
                weight=draw(st.sampled_from([1.0, 2.0, 0.5, 0.1, 0.3]) | st.floats(0.01, 10)),
                fraction=draw(st.sampled_from([0.0, 0.5, 1 / 3])) if verdict is Verdict.FAIL else None,
                decisive=draw(st.integers(0, 9)) == 0,
                law=draw(st.booleans()),
            )
        )
    return found


some_points = st.integers(1, 100).map(lambda quarters: quarters / 4)


@given(found=results(), points=some_points)
@settings(deadline=None)
def test_points_are_never_below_zero_nor_above_what_they_are_out_of(found, points):
    got = score(*found, points=points)
    assert 0 <= got.points <= got.out_of <= points
    assert got.out_of + got.not_run == pytest.approx(points, abs=1e-4)


@given(found=results(verdicts=(Verdict.PASS, Verdict.NOT_RUN, Verdict.INCONCLUSIVE)), points=some_points)
@example(found=[check(Verdict.NOT_RUN, weight=0.7), check(Verdict.PASS, weight=0.1)], points=0.25)
@settings(deadline=None, max_examples=300)
def test_where_everything_that_ran_passed_the_points_are_exactly_what_they_are_out_of(found, points):
    got = score(*found, points=points)
    assert got.points == got.out_of
    if all(result.verdict is Verdict.PASS for result in found):
        assert (got.points, got.not_run, got.verdict) == (points, 0, Verdict.PASS)


@given(found=results(), data=st.data())
@settings(deadline=None)
def test_the_order_of_the_results_does_not_matter(found, data):
    shuffled = data.draw(st.permutations(found))
    assert replace(score(*shuffled), checks=()) == replace(score(*found), checks=())


@given(found=results(verdicts=(*LOST, Verdict.PASS, Verdict.NOT_RUN, Verdict.INCONCLUSIVE)), at=st.integers(0, 6))
@settings(deadline=None)
def test_a_check_that_passes_after_all_never_lowers_the_points(found, at):
    at %= len(found)
    better = [*found[:at], check(Verdict.PASS, weight=found[at].weight, law=found[at].law), *found[at + 1 :]]
    if not found[at].verdict.is_left_out:
        assert points_of(*better) >= points_of(*found)


@given(found=results(), at=st.integers(0, 6))
@settings(deadline=None)
def test_a_fault_leaves_the_points_open_between_those_of_a_loss_and_those_of_a_pass(found, at):
    # Nothing is taken away for it, nothing is given for it, and the score says that it is not the last word.
    at %= len(found)
    with_fault, lost, passed = (
        score_of(assignment(question()), [*found[:at], replace(found[at], verdict=verdict, fraction=fraction), *found[at + 1 :]])
        for verdict, fraction in ((Verdict.FAULT, 0.0), (Verdict.FAIL, 0.0), (Verdict.PASS, 1.0))
    )
    assert lost.points <= with_fault.points <= passed.points
    assert lost.out_of == with_fault.out_of == passed.out_of
    assert not with_fault.complete
    assert with_fault.questions[0].verdict is Verdict.FAULT


@given(found=results(questions=("q1", "q2", "q3")))
@settings(deadline=None)
def test_the_score_is_the_sum_of_its_questions_and_each_stands_alone(found):
    questions = question("q1", 4.0), question("q2", 2.5), question("q3", 1.0)
    whole = score_of(assignment(*questions), found)
    alone = [score_of(assignment(one), found) for one in questions]
    assert whole.points == pytest.approx(sum(one.points for one in alone), abs=1e-4)
    assert whole.out_of == pytest.approx(sum(one.out_of for one in alone), abs=1e-4)
    assert whole.not_run == pytest.approx(sum(one.not_run for one in alone), abs=1e-4)
    assert whole.questions == tuple(one.questions[0] for one in alone)
    assert whole.complete == all(one.complete for one in alone)


@given(found=results())
@settings(deadline=None)
def test_what_each_check_earns_adds_up_to_the_points_of_a_question_that_no_check_decides(found):
    found = [replace(result, decisive=False) for result in found]
    total = sum(result.weight for result in found)
    assert points_of(*found) == pytest.approx(4 * sum(earned_weights(found)) / total, abs=1e-4)


@pytest.mark.parametrize("verdict", LOST, ids=str)
def test_a_lost_check_earns_nothing_however_it_was_lost(verdict):
    assert points_of(check(Verdict.PASS), check(verdict)) == 2.0


def test_checks_share_the_points_by_weight():
    assert points_of(check(Verdict.PASS, weight=3.0), check(Verdict.FAIL)) == 3.0
    assert points_of(check(Verdict.PASS), check(Verdict.FAIL, weight=3.0)) == 1.0


def test_a_check_of_weight_zero_is_worth_nothing():
    assert points_of(check(Verdict.PASS), check(Verdict.FAIL, weight=0.0)) == 4.0


def test_a_failed_check_earns_the_fraction_that_it_awards():
    assert points_of(check(Verdict.PASS), check(Verdict.FAIL, fraction=0.5)) == 3.0


@pytest.mark.parametrize("verdict", LOST, ids=str)
def test_a_lost_decisive_check_loses_the_whole_question_and_says_so(verdict):
    got = score(check(Verdict.PASS), check(verdict, weight=0.0, decisive=True))
    assert (got.points, got.out_of) == (0.0, 4.0)
    assert "broken" in got.note
    other = score_of(
        assignment(question("q1"), question("q2")), [check(Verdict.FAIL, decisive=True), check(Verdict.PASS, question="q2")]
    )
    assert other.points == 4.0


@pytest.mark.parametrize("verdict", [Verdict.PASS, Verdict.NOT_RUN, Verdict.INCONCLUSIVE, Verdict.FAULT], ids=str)
def test_a_decisive_check_that_was_not_lost_takes_nothing_away(verdict):
    got = score(check(Verdict.PASS), check(verdict, weight=0.0, decisive=True))
    assert (got.points, got.note) == (4.0, "")


@pytest.mark.parametrize(("right", "wanted"), [(0, 0.0), (1, 1.5), (2, 3.0), (4, 6.0)])
def test_a_law_earns_in_the_proportion_in_which_the_values_are_right(right, wanted):
    values = [check(Verdict.PASS)] * right + [check(Verdict.FAIL)] * (4 - right)
    assert score(*values, check(Verdict.PASS, law=True, weight=2.0), points=6.0).points == wanted


def test_a_lost_law_costs_its_own_points_and_no_others():
    assert points_of(check(Verdict.PASS), check(Verdict.FAIL, law=True)) == 2.0


@pytest.mark.parametrize("verdict", [Verdict.NOT_RUN, Verdict.INCONCLUSIVE, Verdict.FAULT], ids=str)
def test_a_law_is_not_measured_by_values_that_nobody_saw(verdict):
    assert points_of(check(verdict, weight=2.0), check(Verdict.PASS), check(Verdict.PASS, law=True)) == 2.0
    assert points_of(check(verdict, weight=3.0), check(Verdict.PASS, law=True)) == 1.0


def test_what_was_not_run_is_left_out():
    got = score(check(Verdict.PASS), check(Verdict.NOT_RUN, weight=3.0))
    assert (got.points, got.out_of, got.not_run, got.verdict) == (1.0, 1.0, 3.0, Verdict.PASS)


def test_what_could_not_be_decided_is_left_out_and_the_question_says_so():
    got = score(check(Verdict.PASS), check(Verdict.INCONCLUSIVE, weight=3.0))
    assert (got.points, got.out_of, got.not_run, got.verdict) == (1.0, 1.0, 3.0, Verdict.INCONCLUSIVE)


def test_a_question_that_nobody_asked_is_left_out_whole():
    got = score_of(assignment(question("q1"), question("q2", 2.0)), [check(Verdict.PASS)])
    assert (got.points, got.out_of, got.not_run, got.complete) == (4.0, 4.0, 2.0, True)
    assert got.questions[1].verdict is Verdict.NOT_RUN


def test_a_fault_makes_the_score_incomplete_and_nothing_else_does():
    for verdict in Verdict:
        got = score_of(assignment(question()), [check(Verdict.PASS), check(verdict)])
        assert got.complete == (verdict is not Verdict.FAULT)


@pytest.mark.parametrize(
    ("verdicts", "wanted"),
    [
        (("pass", "not run"), "pass"),
        (("pass", "fail", "pass"), "fail"),
        (("fail", "error"), "error"),
        (("error", "missing", "timeout"), "timeout"),
        (("timeout", "memory", "crash"), "crash"),
        (("crash", "fault", "pass"), "fault"),
        ((), "not run"),
    ],
)
def test_a_question_has_the_gravest_verdict_of_its_checks(verdicts, wanted):
    assert score(*(check(Verdict(verdict)) for verdict in verdicts)).verdict == wanted


def test_written_questions_are_out_of_points_by_hand_and_of_no_others():
    set_ = assignment(question("q1"), question("w1", 5.0, Kind.WRITTEN), question("w2", 2.5, Kind.WRITTEN))
    for got in (score_of(set_, [check(Verdict.PASS)]), unjudged_score(set_, complete=True)):
        assert (got.out_of, got.not_run, got.by_hand_out_of) == (4.0, 0.0, 7.5)
        assert [one.question.id for one in got.questions] == ["q1"]


def test_only_the_questions_that_were_chosen_are_scored():
    set_ = assignment(question("q1"), question("q2", 2.0), question("q3", 1.0))
    got = score_of(set_, [check(Verdict.PASS), check(Verdict.FAIL, question="q2")], only=("q2", "q3"))
    assert [one.question.id for one in got.questions] == ["q2", "q3"]
    assert (got.points, got.out_of, got.not_run) == (0.0, 2.0, 1.0)


@given(found=results(questions=("q1", "q2")))
@settings(deadline=None)
def test_choosing_a_question_changes_nothing_in_its_score(found):
    set_ = assignment(question("q1"), question("q2", 2.0))
    assert score_of(set_, found, only=("q2",)).questions[0] == score_of(set_, found).questions[1]


@pytest.mark.parametrize(("complete", "verdict"), [(True, Verdict.ERROR), (False, Verdict.FAULT)])
def test_a_submission_that_no_check_has_seen_has_no_points_and_all_of_them_open_when_the_fault_is_ours(complete, verdict):
    got = unjudged_score(assignment(question("q1"), question("q2", 2.0)), complete=complete)
    assert (got.points, got.out_of, got.not_run, got.complete) == (0.0, 6.0, 0.0, complete)
    assert {one.verdict for one in got.questions} == {verdict}
