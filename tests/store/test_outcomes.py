"""What a check found, and an entry of a class, come back from text as they were."""

from __future__ import annotations

from dataclasses import MISSING, fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model import CheckResult, Counterexample, Entry, Measurement, Verdict, Visibility
from grader.store.failing import DamagedRecord
from grader.store.headlines import headline_of
from grader.store.outcomes import entry_from, plain_entry, plain_result, result_from
from grader.store.packing import bound, json_text, json_value, packed, unbound, unpacked
from tests.store.realistic import fault, graded

text = st.text(st.characters())  # lone surrogates too
finite = st.floats(allow_nan=False, allow_infinity=False)
CHECK_FIELDS = {
    "id": text,
    "question": text,
    "visibility": st.sampled_from(Visibility),
    "verdict": st.sampled_from(Verdict),
    "rule": text,
    "weight": finite,
    "fraction": finite,
    "decisive": st.booleans(),
    "law": st.booleans(),
    "message": text,
    "counterexample": st.none() | st.builds(Counterexample, call=text, expected=text, got=text),
    "reproduce": text,
    "picture": text,
    "measurement": st.none()
    | st.builds(
        Measurement,
        fast=text,
        slow=text,
        fast_s=st.lists(finite, max_size=3).map(tuple),
        slow_s=st.lists(finite, max_size=3).map(tuple),
        wanted=finite,
        ratio=finite,
        interval=st.none() | st.tuples(finite, finite),
        set_aside=st.integers(0, 99),
    ),
    "traceback": text,
    "stood_in": st.lists(text, max_size=3).map(tuple),
    "wall_s": finite,
}
ENTRY_FIELDS = {
    "id": text,
    "student": text,
    "name": text,
    "attempt": st.integers(1, 99),
    "attempts": st.integers(1, 99),
    "handed_in": text,
    "late": st.booleans(),
    "origin": text,
    "path": st.none() | text.map(Path),
    "problem": text,
}
OPTIONAL = {field.name for kind in (CheckResult, Entry) for field in fields(kind) if field.default is not MISSING}


def built(kind, strategies):
    """Instances with any of the optional fields left out."""
    required = {name: strategy for name, strategy in strategies.items() if name not in OPTIONAL}
    optional = {name: strategy for name, strategy in strategies.items() if name in OPTIONAL}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: kind(**values))


def test_the_strategies_draw_every_field():
    assert set(CHECK_FIELDS) == {field.name for field in fields(CheckResult)}
    assert set(ENTRY_FIELDS) == {field.name for field in fields(Entry)}


@given(result=built(CheckResult, CHECK_FIELDS))
@settings(max_examples=300, deadline=None)
def test_a_check_result_comes_back_equal_with_equal_types(result):
    again = result_from(json_value(unpacked(packed(json_text(plain_result(result))))))
    assert again == result
    for field in fields(CheckResult):
        assert type(getattr(again, field.name)) is type(getattr(result, field.name)), field.name


@given(entry=built(Entry, ENTRY_FIELDS))
@settings(max_examples=200, deadline=None)
def test_an_entry_comes_back_equal(entry):
    assert entry_from(json_value(unbound(bound(json_text(plain_entry(entry)))))) == entry


@given(value=text)
def test_any_text_comes_back_from_a_column_and_from_packing(value):
    assert unbound(bound(value)) == value
    assert json_value(unpacked(packed(json_text(value)))) == value


def test_two_lone_surrogates_in_a_row_stay_two():
    value = "\ud83d\ude00"
    assert len(json_value(unpacked(packed(json_text([value]))))[0]) == 2


def test_a_field_with_its_default_value_takes_no_room():
    passed = graded("ada", lost=0.0).asked[0].result
    assert plain_result(passed).keys() == {"id", "question", "visibility", "verdict", "rule", "fraction", "wall_s"}


@pytest.mark.parametrize("data", [b"x\x9c but not zlib", b'{"half": ', b"\xff\xfe", b"[\xed\xa0]"])
def test_a_damaged_record_is_told_from_a_mistake_of_ours(data):
    with pytest.raises(DamagedRecord):
        json_value(unpacked(data))


def test_the_headline_is_the_results_own():
    result = graded("ada").result
    points, out_of = result["score"]["points"], result["score"]["out_of"]
    assert headline_of(result) == (points, out_of, True, "", Verdict.FAIL, 1.84)


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        (graded("ada", lost=0.0).result, Verdict.PASS),
        (graded("ada", verdict=Verdict.CRASH).result, Verdict.CRASH),
        (graded("ada", lost=1.0, verdict=Verdict.NOT_RUN).result, Verdict.NOT_RUN),
        (fault("ada").result, Verdict.FAULT),
        (graded("ada", verdict=Verdict.FAULT).result, Verdict.FAULT),
    ],
)
def test_a_submission_has_the_worst_verdict_of_its_questions(result, verdict):
    assert headline_of(result)[4] == verdict


def test_written_answers_have_no_say_in_the_verdict():
    result = graded("ada", lost=0.0).result
    result["questions"].append({"kind": "written", "verdict": "missing"})
    assert headline_of(result)[4] == Verdict.PASS


def test_a_submission_that_cannot_be_opened_is_an_error():
    result = graded("ada", lost=0.0).result
    result["submission"]["unreadable"] = "it is empty"
    assert headline_of(result)[3:5] == ("it is empty", Verdict.ERROR)
