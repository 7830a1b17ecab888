"""The roll, what is saved and what is known: everything comes back as it was given, and no more than that."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model import Asked, Entry, Verdict
from grader.store.failing import StoreError
from grader.store.store import Store
from tests.store.realistic import KEYS, NEXT_SETTING, SETTING, entry, fault, graded, stamp_of


def enrolled(store, *ids):
    store.enrol((entry(id), stamp_of(id)) for id in ids)


def test_an_empty_store_knows_nothing(store):
    assert (list(store.grades()), list(store.results()), list(store.proposals())) == ([], [], [])
    assert (list(store.audit()), list(store.runs())) == ([], [])
    assert (store.result_of("ada"), store.setting("s"), store.known("stamp", KEYS)) == (None, None, ())


def test_the_roll_is_listed_in_the_order_of_the_ids_with_what_was_graded(store):
    enrolled(store, "bob", "ada", "Zoë")
    work = graded("ada")
    store.save("ada", **work.in_setting())
    zoe, ada, bob = store.grades()
    assert [one.entry for one in (zoe, ada, bob)] == [entry("Zoë"), entry("ada"), entry("bob")]
    assert (zoe.report, bob.report, bob.stamp, bob.tries) == (None, None, stamp_of("bob"), 0)
    header = ada.report
    assert (header.stamp, header.setting, header.kept_for) == (work.stamp, SETTING, ())
    score = work.result["score"]
    assert (header.points, header.out_of, header.complete) == (score["points"], score["out_of"], True)
    assert (header.verdict, header.unreadable, header.wall_s) == (Verdict.FAIL, "", 1.84)
    assert store.grade_of("ada") == ada
    assert list(store.results()) == [(entry("Zoë"), None), (entry("ada"), work.result), (entry("bob"), None)]


def test_a_time_is_now_and_says_that_it_is_utc(store):
    enrolled(store, "ada")
    store.save("ada", **graded("ada").in_setting())
    (audited,) = store.audit()
    for at in (store.grade_of("ada").report.at, audited.at):
        moment = datetime.fromisoformat(at)
        assert moment.utcoffset() == timedelta(0)
        assert abs(datetime.now(UTC) - moment) < timedelta(minutes=1)


def test_everything_is_there_when_the_file_is_opened_again(path):
    work = graded("ada")
    with Store(path) as store:
        enrolled(store, "ada")
        store.note_setting(SETTING, {"points": {"a1": 2.0}})
        store.save("ada", **work.in_setting())
        before = (list(store.grades()), list(store.audit()))
    with Store(path) as store:
        assert (list(store.grades()), list(store.audit())) == before
        assert store.result_of("ada") == work.result
        assert store.known(work.stamp, KEYS) == work.asked
        assert store.setting(SETTING) == {"points": {"a1": 2.0}}


def test_who_leaves_the_roll_is_not_listed_and_comes_back_with_the_report(store):
    enrolled(store, "ada", "bob")
    work = graded("ada")
    store.save("ada", **work.in_setting())
    store.save("bob", **graded("bob").in_setting())
    enrolled(store, "bob")
    assert [one.entry.id for one in store.grades()] == ["bob"]
    assert [one.id for one, _ in store.results()] == ["bob"]
    with pytest.raises(StoreError, match="nobody on the roll is called ada"):
        store.grade_of("ada")
    assert store.result_of("ada") == work.result
    enrolled(store, "ada", "bob", "eve")
    assert [(one.entry.id, one.report is not None) for one in store.grades()] == [("ada", True), ("bob", True), ("eve", False)]
    assert store.result_of("ada") == work.result


def test_proposals_of_who_is_not_on_the_roll_are_not_listed(store):
    enrolled(store, "ada")
    store.save("ada", **graded("ada").in_setting())
    store.propose("ada", **graded("ada", seed=1).in_setting(NEXT_SETTING))
    enrolled(store, "bob")
    assert list(store.proposals()) == []
    enrolled(store, "ada")
    assert [proposal.id for proposal in store.proposals()] == ["ada"]


def test_two_entries_of_one_id_are_refused_and_the_roll_stays(store):
    enrolled(store, "ada")
    with pytest.raises(StoreError, match=r"two entries are called bob \(bob/conv_nets.ipynb; other.py\)"):
        store.enrol([(entry("bob"), ""), (replace(entry("bob"), origin="other.py"), "")])
    assert [one.entry.id for one in store.grades()] == ["ada"]


def test_when_enrolling_ends_half_way_the_roll_stays(store):
    enrolled(store, "ada")

    def breaking():
        yield entry("bob"), ""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.enrol(breaking())
    with pytest.raises(AttributeError):
        store.enrol([(entry("bob"), ""), (entry("carl"), None)])
    assert [one.entry.id for one in store.grades()] == ["ada"]
    enrolled(store, "carl")
    assert [one.entry.id for one in store.grades()] == ["carl"]


text = st.text(st.characters())  # lone surrogates and NUL too
ids = st.lists(text, min_size=1, max_size=6, unique=True)


@given(ids=ids, name=text)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_id_may_hold_any_character(store, ids, name):
    store.enrol((Entry(id=id, student=id, name=name, origin=name), name + id) for id in ids)
    result = graded("x", lost=0.05).result
    for id in ids:
        result["submission"]["id"] = id
        asked = [Asked(result=replace(graded("x").asked[0].result, id=f"check_{id}[{name}]"))]
        keys = {f"check_{id}".partition("[")[0]: name}
        store.save(id, stamp=name + id, setting=name, result=result, asked=asked, keys=keys, why=name)
        assert store.result_of(id) == result
        assert [one.id for one in store.audit(id)][-1] == id
        assert list(store.known(name + id, keys)) == (asked if name + id else [])
        store.note_setting(name, {name: id})
    assert [one.entry.id for one in store.grades()] == sorted(ids)
    assert [found["submission"]["id"] for _, found in store.results()] == sorted(ids)
    assert {one.report.setting for one in store.grades()} == {name}
    assert store.setting(name) == {name: ids[-1]}


def test_a_check_is_known_as_long_as_its_function_has_the_same_key(store):
    work = graded("ada")
    store.save("ada", **work.in_setting())
    assert store.known(work.stamp, KEYS) == work.asked
    changed = {**KEYS, "check_conv2d": "another"}
    expected = tuple(one for one in work.asked if not one.result.id.startswith("check_conv2d["))
    assert len(expected) == len(work.asked) - 4
    assert store.known(work.stamp, changed) == expected
    del changed["check_conv2d"]
    assert store.known(work.stamp, changed) == expected
    assert store.known("another stamp", KEYS) == ()


def test_after_a_changed_check_is_changed_back_both_answers_are_known(store):
    work, other = graded("ada", lost=0.0), graded("ada", lost=1.0)
    changed = dict.fromkeys(KEYS, "changed")
    store.save("ada", **work.in_setting())
    store.save("ada", **(other.in_setting(NEXT_SETTING) | {"keys": changed}))
    assert store.known(work.stamp, KEYS) == work.asked
    assert store.known(work.stamp, changed) == other.asked


def test_a_later_answer_of_the_same_check_takes_the_place_of_the_earlier(store):
    work, other = graded("ada", lost=0.0), graded("ada", lost=1.0)
    renamed = tuple(replace(one, result=replace(one.result, rule="Put in other words.")) for one in other.asked)
    store.save("ada", **work.in_setting())
    store.save("ada", **(other.in_setting() | {"asked": renamed}))
    assert store.known(work.stamp, KEYS) == renamed


def test_answers_with_and_without_stand_ins_are_known_apart(store):
    work = graded("ada")
    first = work.asked[0]
    again = Asked(result=replace(first.result, stood_in=("a1", "b2")), stand_ins=("a1", "b2"))
    other_order = Asked(result=first.result, stand_ins=("b2", "a1"))
    store.save("ada", **(work.in_setting() | {"asked": (first, again, other_order)}))
    assert set(store.known(work.stamp, KEYS)) == {first, again, other_order}


@pytest.mark.parametrize("verdict", [Verdict.FAULT, Verdict.NOT_RUN, Verdict.INCONCLUSIVE])
def test_faults_and_what_was_not_run_are_never_known(store, verdict):
    work = graded("ada", lost=0.5, verdict=verdict)
    store.save("ada", **work.in_setting())
    expected = tuple(one for one in work.asked if one.result.verdict is not verdict)
    assert 0 < len(expected) < len(work.asked)
    assert store.known(work.stamp, KEYS) == expected


def test_what_two_students_handed_in_alike_is_known_for_both(store):
    work = graded("ada")
    store.save("ada", **work.in_setting())
    store.save("bob", **work.in_setting())
    assert store.known(work.stamp, KEYS) == work.asked


def test_what_was_handed_in_without_bytes_shares_nothing(store):
    work = graded("ada")
    store.save("ada", **(work.in_setting() | {"stamp": ""}))
    assert store.known("", KEYS) == ()
    assert store.result_of("ada") == work.result


def test_a_check_without_a_key_is_not_known_later_and_spoils_nothing(store):
    work = graded("ada")
    store.save("ada", **(work.in_setting() | {"keys": {"check_conv2d": "k"}}))
    assert {one.result.id.partition("[")[0] for one in store.known(work.stamp, {**KEYS, "check_conv2d": "k"})} == {"check_conv2d"}


def test_what_cannot_be_written_as_json_is_refused_before_anything_is_written(store):
    work = graded("ada")
    work.result["score"]["points"] = float("nan")
    with pytest.raises(ValueError, match="JSON"):
        store.save("ada", **work.in_setting())
    assert store.result_of("ada") is None
    assert list(store.audit()) == []


def test_tries_count_faults_in_a_row(store):
    enrolled(store, "ada", "bob")
    assert [store.tried("ada"), store.tried("ada"), store.tried("bob")] == [1, 2, 1]
    store.save("ada", **fault("ada").in_setting())
    assert (store.grade_of("ada").tries, store.grade_of("bob").tries) == (2, 1)
    store.save("ada", **graded("ada").in_setting())
    assert (store.grade_of("ada").tries, store.grade_of("bob").tries) == (0, 1)
    assert store.tried("ada") == 1


def test_other_bytes_are_tried_from_the_start(store):
    enrolled(store, "ada")
    store.tried("ada")
    store.enrol([(entry("ada"), "other bytes")])
    assert store.grade_of("ada").tries == 0
    assert [store.tried("ada"), store.tried("ada")] == [1, 2]


def test_a_try_of_who_is_not_on_the_roll_is_refused(store):
    with pytest.raises(StoreError, match="nobody on the roll is called eve"):
        store.tried("eve")


def test_a_page_is_current_from_when_it_is_noted_until_a_report_is_saved(store):
    store.note_page("ada")
    assert not store.page_is_current("ada")
    store.save("ada", **graded("ada").in_setting())
    assert not store.page_is_current("ada")
    store.note_page("ada")
    assert store.page_is_current("ada")
    store.save("ada", **graded("ada").in_setting())
    assert not store.page_is_current("ada")


def test_runs_are_kept_with_how_they_ended(store):
    first = store.begin_run("grade.py batch conv_nets class -o out", 2)
    second = store.begin_run("grade.py batch \udc80", 4)
    store.end_run(second, "interrupted")
    one, other = store.runs()
    assert (one.number, one.command, one.jobs, one.ended, one.how) == (first, "grade.py batch conv_nets class -o out", 2, "", "")
    assert (other.number, other.command, other.how, other.who) == (second, "grade.py batch \udc80", "interrupted", one.who)
    assert datetime.fromisoformat(other.ended) >= datetime.fromisoformat(other.started)


def test_saving_while_reading_on_is_well_defined(store):
    ids = [f"student{number:03}" for number in range(30)]
    enrolled(store, *ids)
    for id in ids:
        store.save(id, **graded(id).in_setting())
        store.propose(id, **graded(id, seed="again").in_setting(NEXT_SETTING))
    seen = []
    for proposal in store.proposals():
        store.accept([proposal.id], why="")
        seen.append(proposal.id)
    assert seen == ids
    for number, stored in enumerate(store.grades()):
        assert stored.entry.id == ids[number]
        store.save(stored.entry.id, **graded(stored.entry.id).in_setting())


def test_a_store_is_not_used_by_a_fork_of_its_process(store):
    enrolled(store, "ada")
    child = os.fork()
    if child == 0:
        try:
            list(store.grades())
        except AssertionError:
            os._exit(7)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
