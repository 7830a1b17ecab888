"""What a class's results say about questions, checks and wrong answers: the formulas, and what counts for them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from grader.class_results import Standing, class_result
from grader.item_analysis import analyse
from grader.item_analysis.checks import (
    ALWAYS_AT_LEAST,
    BEST_AT_LEAST,
    NEVER_AT_LEAST,
    Suspicion,
)
from grader.item_analysis.clustering import bare
from grader.item_analysis.distributing import percent_distribution, time_distribution
from grader.item_analysis.questions import AT_LEAST, discrimination, rest_shares
from grader.model import Verdict
from tests.a_class import CEIL, answering, check, course, entry, faulty, graded, question, result, unreadable

percentages = st.lists(st.floats(0, 100), min_size=1, max_size=200)
times = st.lists(st.floats(0, 10_000), min_size=1, max_size=60)
shares = st.integers(0, 12).map(lambda twelfths: twelfths / 12)
pairs = st.lists(st.tuples(shares, shares), min_size=AT_LEAST, max_size=60)


def one_of(analysis, id_):
    (found,) = [one for one in analysis.questions if one.question.id == id_]
    return found


# Distributions


@given(percentages)
def test_quartiles_are_those_of_numpy(values):
    found = percent_distribution(values)
    wanted = np.percentile(values, [0, 25, 50, 75, 100])
    ours = [found.lowest, found.first_quartile, found.median, found.third_quartile, found.highest]
    assert ours == pytest.approx(list(wanted), abs=1e-9)
    assert found.mean == pytest.approx(np.mean(values))


@given(percentages)
def test_every_score_is_in_just_the_bin_to_which_it_belongs(values):
    bins = percent_distribution(values).bins
    assert sum(bin.count for bin in bins) == len(values)
    for bin in bins:
        belongs = [bin.low <= value < bin.high or value == bin.high == 100 for value in values]
        assert bin.count == sum(belongs)


@given(times)
def test_every_time_is_in_just_the_bin_to_which_it_belongs(values):
    bins = time_distribution(values).bins
    assert [bin.count for bin in bins] == [sum(bin.low <= value < bin.high for value in values) for bin in bins]
    assert sum(bin.count for bin in bins) == len(values)
    assert all(one.high == other.low for one, other in itertools.pairwise(bins))
    assert bins[0].count
    assert bins[-1].count


def test_bins_of_times_grow_as_one_two_five():
    assert [bin.low for bin in time_distribution([0.7, 30.0]).bins] == [0.5, 1, 2, 5, 10, 20]
    assert [(bin.low, bin.high) for bin in time_distribution([2.0]).bins] == [(2, 5)]


def test_many_scores_have_finer_bins():
    assert len(percent_distribution([50.0] * 99).bins) == 10
    assert len(percent_distribution([50.0] * 100).bins) == 20


def test_nothing_has_no_distribution():
    assert percent_distribution([]) is None
    assert time_distribution([]) is None


# Discrimination


def is_spread(values):
    return max(values) - min(values) > 1e-6


@given(pairs)
def test_discrimination_is_pearsons_correlation_with_fishers_interval(pairs):
    items, rests = zip(*pairs, strict=True)
    assume(is_spread(items) and is_spread(rests))
    found, wanted = discrimination(items, rests), stats.pearsonr(items, rests)
    assert found.value == pytest.approx(wanted.statistic, abs=1e-9)
    assume(abs(found.value) < 0.999)
    interval = wanted.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-3)


@given(st.lists(st.tuples(st.booleans(), shares), min_size=AT_LEAST, max_size=60))
def test_for_a_question_that_is_right_or_wrong_it_is_the_point_biserial_correlation(pairs):
    items, rests = [float(item) for item, _ in pairs], [rest for _, rest in pairs]
    assume(is_spread(items) and is_spread(rests))
    found = discrimination(items, rests).value
    assert found == pytest.approx(stats.pointbiserialr(items, rests).statistic, abs=1e-9)
    right = [rest for item, rest in zip(items, rests, strict=True) if item]
    wrong = [rest for item, rest in zip(items, rests, strict=True) if not item]
    p = len(right) / len(items)
    by_hand = (np.mean(right) - np.mean(wrong)) / np.std(rests) * math.sqrt(p * (1 - p))
    assert found == pytest.approx(by_hand, abs=1e-9)


def test_it_is_undefined_and_says_why_instead_of_being_0():
    few = discrimination([0, 1] * 4, [0, 1] * 4)
    assert (few.value, few.undefined) == (None, "fewer than 10 submissions")
    same = discrimination([1.0] * 10, [0, 1] * 5)
    assert (same.value, same.undefined) == (None, "everybody has the same points for this question")
    same = discrimination([0, 1] * 5, [0.3] * 10)
    assert (same.value, same.undefined) == (None, "everybody has the same points for the other questions")


def test_the_rest_leaves_the_question_itself_out():
    assert rest_shares(graded("ada", [4, 2, 0])) == {"a1": 0.25, "a2": 0.5, "b1": 0.75}
    assert rest_shares(graded("ada", [4])) == {"a1": None}


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4)), min_size=AT_LEAST, max_size=40))
def test_of_a_class_it_correlates_each_question_with_all_others(points):
    analysis = analyse([graded(f"s{place}", of_one) for place, of_one in enumerate(points)])
    for place, one in enumerate(analysis.questions):
        items = [of_one[place] for of_one in points]
        rests = [sum(of_one) - of_one[place] for of_one in points]
        assert one.mean_share == pytest.approx(np.mean(items) / 4)
        assert (one.all_points, one.no_points) == (items.count(4), items.count(0))
        if is_spread(items) and is_spread(rests):
            assert one.discrimination.value == pytest.approx(stats.pearsonr(items, rests).statistic, abs=1e-6)
        else:
            assert one.discrimination.value is None


def test_a_single_question_has_no_others():
    analysis = analyse([graded(f"s{place}", [place % 5]) for place in range(20)])
    assert one_of(analysis, "a1").discrimination.undefined == "fewer than 10 submissions"
    assert one_of(analysis, "a1").mean_share == pytest.approx(0.5)


# What counts


def struck(student):
    return class_result(entry(student), result([question("a1", 4), faulty("a2"), question("b1", 4)]))


def test_a_fault_is_left_out_and_never_a_zero():
    honest = [graded(f"s{place}", [4, place % 5, 4]) for place in range(10)]
    alone, together = analyse(honest), analyse([*honest, struck("x"), struck("y")])
    assert one_of(together, "a2").judged == 10
    assert one_of(together, "a2").mean_share == one_of(alone, "a2").mean_share
    assert one_of(together, "a2").no_points == 2
    assert one_of(together, "a1").judged == 12  # what was judged of them counts
    assert one_of(together, "a1").discrimination == one_of(alone, "a1").discrimination  # their rest is not known
    assert together.scores == alone.scores
    assert [(one.fault.message, len(one.members)) for one in together.faults] == [("the check itself failed (ValueError)", 2)]


def test_what_was_not_run_is_left_out():
    on_gpu = question("b1", 0, [check("check_b1", "not run")], verdict="not run", out_of=0.0, not_run=4.0)
    analysis = analyse([class_result(entry("ada"), result([question("a1", 2), on_gpu]))])
    assert (one_of(analysis, "b1").judged, one_of(analysis, "b1").mean_share) == (0, None)
    assert [(one.judged, one.lost) for one in analysis.checks] == [(1, 1), (0, 0)]
    assert analysis.scores.median == 50.0


def test_an_unreadable_submission_is_a_score_of_0_and_says_nothing_about_questions_and_checks():
    opened = [graded("ada", [4, 4, 4])]
    for_nothing = class_result(entry("bob"), unreadable("it is empty"))
    analysis = analyse([*opened, for_nothing])
    assert (analysis.scores.count, analysis.scores.lowest, analysis.scores.median) == (2, 0.0, 50.0)
    assert one_of(analysis, "a1").judged == 1
    assert {one.judged for one in analysis.checks} == {1}
    assert [one.student for one in analysis.unreadable] == ["bob"]
    assert analysis.times.count == 1
    assert {one.verdict for one in analysis.verdicts} == {Verdict.PASS}


def test_what_is_not_graded_yet_counts_nowhere():
    analysis = analyse([graded("ada", [4, 2]), class_result(entry("bob"), None)])
    assert (analysis.scores.count, analysis.times.count, one_of(analysis, "a1").judged) == (1, 1, 1)
    assert dict(analysis.standings)[Standing.WAITING] == 1


def test_of_several_attempts_one_counts_but_the_faults_of_all_are_told():
    better = class_result(entry("ada", id="ada-1", attempts=2), result([question("a1", 4)]))
    worse = class_result(entry("ada", id="ada-2", attempt=2, attempts=2), result([faulty("a1")]))
    analysis = analyse([better, worse])
    assert [one.id for one in analysis.counted] == ["ada-1"]
    assert analysis.uncounted == 1
    assert [one.id for one in analysis.faults[0].members] == ["ada-2"]


def test_scores_are_shares_of_what_could_be_earned():
    assert analyse([graded("ada", [4, 2, 1.6])]).scores.median == pytest.approx(100 * 7.6 / 12)
    assert analyse([graded("ada", [2.8])]).scores.bins[7].count == 1  # 70 % is in the bin that begins there


def test_verdicts_are_counted_by_question_and_by_submission():
    analysis = analyse([graded("ada", [4, 0, 0]), graded("bob", [4, 4, 0])])
    counts = {one.verdict: (one.questions, one.submissions) for one in analysis.verdicts}
    assert counts == {Verdict.PASS: (3, 2), Verdict.FAIL: (3, 2)}


def test_the_slowest_come_first_and_are_ten():
    slow = [graded(f"s{place}", [4], timing={"wall_s": float(place), "load_s": 0.0, "checks_s": 0.0}) for place in range(30)]
    assert [one.wall_s for one in analyse(slow).slowest] == [29.0 - place for place in range(10)]


@pytest.mark.parametrize("results", [[], [class_result(entry("ada"), None)]], ids=["nobody", "nobody graded"])
def test_a_class_without_results_has_an_analysis(results):
    analysis = analyse(results)
    assert (analysis.scores, analysis.times, analysis.questions, analysis.clusters) == (None, None, (), ())


@given(st.integers(0, 10**6), st.randoms())
def test_the_order_of_the_results_does_not_matter(seed, chance):
    results = course(25, seed=seed)
    expected = analyse(results)
    chance.shuffle(results)
    assert analyse(results) == expected


# Checks


def doing(passes, total, *, rest=lambda place: 4):
    """A class in which the first `passes` pass check_a1; the points of the other question are `rest` of their place."""
    return [
        class_result(entry(f"s{place:03}"), result([question("a1", 4 if place < passes else 0), question("a2", rest(place))]))
        for place in range(total)
    ]


def suspicion(results):
    return next(one.suspicion for one in analyse(results).checks if one.check.id == "check_a1")


def test_a_checks_failure_rate_is_the_share_of_those_in_which_it_came_to_a_conclusion():
    ends = ["pass", "fail", "error", "timeout", "fault", "not run"]
    results = [
        class_result(entry(f"s{place}"), result([question("a1", 0, [check("check_a1", end)], verdict=end)]))
        for place, end in enumerate(ends)
    ]
    (one,) = analyse(results).checks
    assert (one.judged, one.lost, one.rate) == (4, 3, 0.75)
    assert dict(one.verdicts) == {Verdict(end): 1 for end in ends}


def test_a_check_that_nobody_passes_is_suspect_from_five_on():
    assert suspicion(doing(0, ALWAYS_AT_LEAST)) is Suspicion.ALWAYS
    assert suspicion(doing(0, ALWAYS_AT_LEAST - 1)) is None


def test_a_check_that_everybody_passes_is_suspect_in_a_large_class():
    assert suspicion(doing(NEVER_AT_LEAST, NEVER_AT_LEAST)) is Suspicion.NEVER
    assert suspicion(doing(NEVER_AT_LEAST - 1, NEVER_AT_LEAST - 1)) is None


def test_a_check_that_the_best_fail_as_often_as_the_others_is_suspect():
    def failing(best, others):  # of 10 of the best and 30 others
        losing = {*range(best), *range(10, 10 + others)}
        return [
            class_result(
                entry(f"s{place:03}"),
                result([question("a1", 0 if place in losing else 4), question("a2", 4 if place < 10 else 1)]),
            )
            for place in range(40)
        ]

    assert suspicion(failing(10, 0)) is Suspicion.BEST
    assert suspicion(failing(4, 15)) is Suspicion.BEST  # 0.4 is 0.8 of 0.5
    assert suspicion(failing(3, 15)) is None
    assert suspicion(failing(2, 0)) is None  # two may be chance
    found = next(one for one in analyse(failing(4, 15)).checks if one.check.id == "check_a1")
    assert (found.best, found.rest) == ((4, 10), (15, 30))


def test_the_best_are_found_by_the_other_questions_and_not_by_the_check_itself():
    results = doing(20, 40, rest=lambda place: 0 if place < 20 else 4)  # who passes a1 fails a2
    assert suspicion(results) is Suspicion.BEST


def test_no_best_are_looked_for_among_few_or_where_all_are_equal():
    few = doing(10, BEST_AT_LEAST - 1, rest=lambda place: 0 if place < 10 else 4)
    assert suspicion(few) is None
    assert suspicion(doing(10, 40)) is None


def test_checks_come_in_the_order_of_the_questions():
    results = [class_result(entry("ada"), result([question("b1"), question("a1", 4, [check("z"), check("a")])]))]
    assert [one.check.id for one in analyse(results).checks] == ["check_b1", "z", "a"]


# The same wrong answer

SWAPPED = {"call": "conv_output_shape(1, 2, 1)", "expected": "(1, 2, 1)", "got": "(2, 1, 1)"}


def told(analysis):
    return [(one.answer.got, [member.student for member in one.members]) for one in analysis.clusters]


def test_the_same_answer_to_the_same_call_is_one_cluster_and_the_largest_is_first():
    results = [answering(name, CEIL) for name in "abc"] + [answering(name, SWAPPED) for name in "de"]
    assert told(analyse(results)) == [("(3, 3, 1)", ["a", "b", "c"]), ("(2, 1, 1)", ["d", "e"])]


def test_an_answer_that_only_one_gave_is_counted_and_not_shown():
    analysis = analyse([answering("a", CEIL), answering("b", CEIL), answering("c", SWAPPED)])
    assert (len(analysis.clusters), analysis.alone) == (1, 1)


def test_another_call_or_another_check_is_another_answer():
    other_call = CEIL | {"call": "conv_output_shape(7, 7, 2, 2)"}
    assert analyse([answering("a", CEIL), answering("b", other_call)]).clusters == ()
    assert analyse([answering("a", CEIL), answering("b", None, CEIL)]).clusters == ()


def test_several_checks_of_a_question_that_the_very_same_submissions_lose_are_one_cluster():
    results = [answering(name, CEIL, SWAPPED) for name in "ab"]
    (cluster,) = analyse(results).clusters
    assert cluster.answer.got == "(2, 1, 1)"  # the shorter one tells more
    assert [other.got for other in cluster.also] == ["(3, 3, 1)"]


def test_different_submissions_make_different_clusters():
    results = [answering("a", CEIL, SWAPPED), answering("b", CEIL, SWAPPED), answering("c", CEIL)]
    assert told(analyse(results)) == [("(3, 3, 1)", ["a", "b", "c"]), ("(2, 1, 1)", ["a", "b"])]


@pytest.mark.parametrize("verdict", ["error", "crash", "missing"])
def test_without_a_counterexample_verdict_and_message_tell_and_lines_and_addresses_do_not(verdict):
    def ended(student, message):
        asked = question("a2", 0, [check("check_a2", verdict, message=message)], verdict=verdict)
        return class_result(entry(student), result([asked]))

    results = [
        ended("a", "NameError: name 'k' is not defined (cell 3, line 12)"),
        ended("b", "NameError: name 'k' is not defined (cell 14, line 2)"),
        ended("c", "NameError: name 'n' is not defined (cell 3, line 12)"),
    ]
    (cluster,) = analyse(results).clusters
    assert [member.student for member in cluster.members] == ["a", "b"]
    assert cluster.answer.message.endswith("(cell 3, line 12)")  # as the first of them had it


def test_what_never_came_to_a_call_is_one_cluster_over_all_questions():
    def died(student):
        asked = [
            question(id_, 0, [check(f"check_{id_}", "crash", message="its process ended")], verdict="crash") for id_ in "abc"
        ]
        return class_result(entry(student), result(asked))

    (cluster,) = analyse([died("x"), died("y")]).clusters
    assert cluster.answer.question == "a"
    assert [other.question for other in cluster.also] == ["b", "c"]


def test_a_wrong_answer_stays_with_its_question():
    def wrong(student):
        checks = {id_: [check(f"check_{id_}", "fail", counterexample=CEIL)] for id_ in ("a1", "a2")}
        return class_result(entry(student), result([question(id_, 0, found) for id_, found in checks.items()]))

    assert [one.answer.question for one in analyse([wrong("x"), wrong("y")]).clusters] == ["a1", "a2"]


def test_a_known_misconception_gives_its_name_to_the_cluster_and_is_told_first():
    results = [answering(name, CEIL, SWAPPED) for name in "ab"]
    (cluster,) = analyse(results, {("check_0", CEIL["call"], CEIL["got"]): "uses ceil"}).clusters
    assert (cluster.misconception, cluster.answer.got) == ("uses ceil", "(3, 3, 1)")
    (cluster,) = analyse(results, {("check_1", CEIL["call"], CEIL["got"]): "uses ceil"}).clusters
    assert cluster.misconception == ""


def test_a_misconception_is_known_by_an_answer_that_is_too_long_to_be_held():
    long = CEIL | {"got": "1" * 1000}
    found = {("check_0", long["call"], long["got"]): "prints ones"}
    assert analyse([answering(name, long) for name in "ab"], found).clusters[0].misconception == "prints ones"


def test_faults_and_what_was_not_run_are_no_answers():
    results = [
        class_result(entry(name), result([faulty("a1"), question("a2", 0, [check("c", "not run")], verdict="not run")]))
        for name in "ab"
    ]
    assert analyse(results).clusters == ()
    assert analyse(results).alone == 0


@given(st.lists(st.sampled_from([None, CEIL, SWAPPED]), max_size=30))
def test_every_wrong_answer_is_in_one_cluster_or_alone(answers):
    analysis = analyse([answering(f"s{place:02}", found) for place, found in enumerate(answers)])
    wrong = [found["got"] for found in answers if found]
    for cluster in analysis.clusters:
        assert len(cluster.members) == wrong.count(cluster.answer.got) >= 2
    assert sum(len(one.members) for one in analysis.clusters) + analysis.alone == len(wrong)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("in cell 12, line 3", "in cell …, line …"),
        ("<Net object at 0x7f3a1c>", "<Net object at 0x…>"),
        ("(2, 2, 1)", "(2, 2, 1)"),
        ("deadline 12", "deadline 12"),
    ],
)
def test_places_and_addresses_are_left_out(text, left):
    assert bare(text) == left
