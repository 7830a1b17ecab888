"""A regrade waits until somebody decides, is decided once, and the trail tells everything that moved points."""

from __future__ import annotations

import getpass
import platform

import pytest

from grader.store.failing import StoreError
from tests.store.realistic import KEYS, NEXT_SETTING, SETTING, entry, fault, graded, stamp_of

OTHER_SETTING = "sha256:" + "70" * 32


@pytest.fixture
def regraded(store):
    """A store in which ada and bob have a report and another that waits."""
    store.enrol((entry(id), stamp_of(id)) for id in ("ada", "bob"))
    store.note_setting(SETTING, {"points": {"a1": 2.0}})
    for id in ("ada", "bob"):
        store.save(id, **graded(id, lost=0.5).in_setting())
        store.propose(id, **graded(id, lost=0.1).in_setting(NEXT_SETTING))
    return store


def points(result):
    return result["score"]["points"]


def last(store, id):
    return list(store.audit(id))[-1]


def test_a_proposal_waits_beside_the_accepted_report(regraded):
    before, after = graded("ada", lost=0.5), graded("ada", lost=0.1)
    ada, bob = regraded.proposals()
    assert (ada.id, ada.entry, bob.id) == ("ada", entry("ada"), "bob")
    assert (ada.before, ada.after) == (before.result, after.result)
    assert (ada.before_setting, ada.after_setting) == ({"points": {"a1": 2.0}}, None)
    assert regraded.result_of("ada") == before.result
    assert regraded.grade_of("ada").report.setting == SETTING
    assert [one.what for one in regraded.audit()] == ["graded", "graded"]


def test_what_the_checks_of_a_proposal_found_need_not_be_asked_again(regraded):
    assert regraded.known(stamp_of("ada"), KEYS) == graded("ada", lost=0.1).asked


def test_an_accepted_proposal_is_the_report(regraded):
    before, after = graded("ada", lost=0.5).result, graded("ada", lost=0.1).result
    regraded.note_page("ada")
    regraded.accept(["ada"], why="check_conv2d was wrong")
    assert regraded.result_of("ada") == after
    header = regraded.grade_of("ada").report
    assert (header.setting, header.points) == (NEXT_SETTING, points(after))
    assert not header.counts_for(SETTING)
    assert [proposal.id for proposal in regraded.proposals()] == ["bob"]
    assert not regraded.page_is_current("ada")
    entry_ = last(regraded, "ada")
    assert (entry_.what, entry_.why, entry_.proposed) == ("regraded", "check_conv2d was wrong", None)
    assert (entry_.points_before, entry_.points_after, entry_.out_of) == (points(before), points(after), after["score"]["out_of"])
    assert (entry_.setting_before, entry_.setting_after) == (SETTING, NEXT_SETTING)
    assert entry_.who == f"{getpass.getuser()}@{platform.node()}"


def test_what_was_turned_down_is_not_graded_again_in_either_setting(regraded):
    before, after = graded("ada", lost=0.5).result, graded("ada", lost=0.1).result
    regraded.note_page("ada")
    regraded.keep(["ada"], why="--never-lower")
    assert regraded.result_of("ada") == before
    header = regraded.grade_of("ada").report
    assert (header.setting, header.kept_for) == (SETTING, (NEXT_SETTING,))
    assert header.counts_for(SETTING)
    assert header.counts_for(NEXT_SETTING)
    assert not header.counts_for(OTHER_SETTING)
    assert [proposal.id for proposal in regraded.proposals()] == ["bob"]
    assert regraded.page_is_current("ada")
    entry_ = last(regraded, "ada")
    assert (entry_.what, entry_.why, entry_.proposed) == ("kept", "--never-lower", points(after))
    assert (entry_.points_before, entry_.points_after) == (points(before), points(before))
    assert (entry_.setting_before, entry_.setting_after) == (SETTING, NEXT_SETTING)


def test_each_setting_for_which_a_report_was_kept_is_remembered_until_another_is_accepted(regraded):
    regraded.keep(["ada"], why="")
    regraded.propose("ada", **graded("ada", lost=0.2).in_setting(OTHER_SETTING))
    regraded.keep(["ada"], why="")
    assert regraded.grade_of("ada").report.kept_for == (NEXT_SETTING, OTHER_SETTING)
    regraded.propose("ada", **graded("ada", lost=0.2).in_setting(NEXT_SETTING))
    regraded.keep(["ada"], why="")
    assert regraded.grade_of("ada").report.kept_for == (NEXT_SETTING, OTHER_SETTING)
    regraded.propose("ada", **graded("ada", lost=0.2).in_setting("fourth"))
    regraded.accept(["ada"], why="")
    assert regraded.grade_of("ada").report.kept_for == ()


@pytest.mark.parametrize("first", ["accept", "keep"])
@pytest.mark.parametrize("second", ["accept", "keep"])
def test_nothing_is_decided_twice(regraded, first, second):
    getattr(regraded, first)(["ada"], why="first")
    stored, count = regraded.grade_of("ada"), len(list(regraded.audit()))
    with pytest.raises(StoreError, match="no new report of ada waits"):
        getattr(regraded, second)(["bob", "ada"], why="second")
    assert regraded.grade_of("ada") == stored
    assert len(list(regraded.audit())) == count
    assert [proposal.id for proposal in regraded.proposals()] == ["bob"]


def test_many_are_decided_at_once_and_one_named_twice_counts_once(regraded):
    regraded.accept(iter(["ada", "bob", "ada"]), why="all")
    assert list(regraded.proposals()) == []
    assert [(one.id, one.what) for one in regraded.audit()][2:] == [("ada", "regraded"), ("bob", "regraded")]


def test_a_later_proposal_takes_the_place_of_the_one_that_waits(regraded):
    latest = graded("ada", lost=0.9)
    regraded.propose("ada", **latest.in_setting(OTHER_SETTING))
    assert next(regraded.proposals()).after == latest.result


def test_what_waits_is_dropped_when_it_is_of_another_setting_or_of_other_bytes(regraded):
    stored = regraded.grade_of("ada")
    regraded.drop_stale_proposals(NEXT_SETTING)
    assert [proposal.id for proposal in regraded.proposals()] == ["ada", "bob"]
    roll = [(one.entry, "sha256:other" if one.entry.id == "bob" else one.stamp) for one in regraded.grades()]
    regraded.enrol(roll)
    regraded.drop_stale_proposals(NEXT_SETTING)
    assert [proposal.id for proposal in regraded.proposals()] == ["ada"]
    regraded.drop_stale_proposals("a third one")
    assert list(regraded.proposals()) == []
    assert regraded.grade_of("ada") == stored
    assert [one.what for one in regraded.audit("ada")] == ["graded"]


def test_a_report_of_work_handed_in_anew_ends_what_waited(regraded):
    work = graded("ada", seed="anew", lost=0.0)
    regraded.save("ada", **(work.in_setting() | {"stamp": "other bytes"}))
    assert [proposal.id for proposal in regraded.proposals()] == ["bob"]
    with pytest.raises(StoreError, match="no new report of ada waits"):
        regraded.accept(["ada"], why="")
    assert regraded.result_of("ada") == work.result


def test_there_is_no_proposal_without_a_report_to_compare_with(store):
    with pytest.raises(StoreError, match="eve has no report that another could be compared with"):
        store.propose("eve", **graded("eve").in_setting())
    assert store.known(stamp_of("eve"), KEYS) == ()


def test_a_proposal_that_is_complete_ends_the_row_of_faults(regraded):
    assert regraded.tried("ada") == 1
    regraded.propose("ada", **fault("ada").in_setting(OTHER_SETTING))
    assert regraded.grade_of("ada").tries == 1
    regraded.propose("ada", **graded("ada").in_setting(OTHER_SETTING))
    assert regraded.grade_of("ada").tries == 0


def test_the_trail_names_what_happened(store):
    works = [graded("ada", lost=lost) for lost in (0.5, 0.4, 0.3, 0.2)]
    store.save("ada", **works[0].in_setting())
    store.save("ada", **works[1].in_setting())
    store.save("ada", **works[2].in_setting(NEXT_SETTING), why="--fresh")
    store.save("ada", **(works[3].in_setting(NEXT_SETTING) | {"stamp": "other bytes"}))
    store.save("ada", **fault("ada").in_setting(NEXT_SETTING))
    store.save("bob", **graded("bob").in_setting())
    trail = list(store.audit("ada"))
    assert [one.what for one in trail] == ["graded", "graded again", "regraded", "handed in anew", "fault"]
    assert [one.why for one in trail] == ["", "", "--fresh", "", ""]
    earned = [points(work.result) for work in works]
    assert [one.points_before for one in trail] == [None, *earned]
    assert [one.points_after for one in trail] == [*earned, 0.0]
    assert [one.setting_before for one in trail] == ["", SETTING, SETTING, NEXT_SETTING, NEXT_SETTING]
    assert [one.id for one in store.audit()] == ["ada"] * 5 + ["bob"]


def test_the_trail_is_read_to_its_end_however_long_it_is(store):
    store.save("ada", **graded("ada").in_setting())
    for _ in range(1100):
        store.propose("ada", **fault("ada").in_setting(NEXT_SETTING))
        store.keep(["ada"], why="")
    assert len(list(store.audit("ada"))) == len(list(store.audit())) == 1101


def test_after_forgetting_everything_the_trail_says_so_and_the_rest_is_gone(regraded):
    before = list(regraded.audit())
    run = regraded.begin_run("grade.py batch --fresh", 1)
    regraded.tried("ada")
    regraded.forget_everything(why="--fresh")
    assert [(one.entry.id, one.report, one.tries) for one in regraded.grades()] == [("ada", None, 0), ("bob", None, 0)]
    assert (list(regraded.proposals()), regraded.result_of("ada")) == ([], None)
    assert regraded.known(stamp_of("ada"), KEYS) == ()
    assert regraded.setting(SETTING) == {"points": {"a1": 2.0}}
    assert [one.number for one in regraded.runs()] == [run]
    trail = list(regraded.audit())
    assert trail[:-1] == before
    assert (trail[-1].id, trail[-1].what, trail[-1].why) == ("", "forgotten", "2 reports forgotten: --fresh")
    assert [one.what for one in regraded.audit("ada")] == ["graded", "forgotten"]
    regraded.save("ada", **graded("ada").in_setting())
    assert last(regraded, "ada").points_before is None


def test_forgetting_nothing_is_not_worth_a_line(store):
    store.forget_everything()
    assert list(store.audit()) == []
