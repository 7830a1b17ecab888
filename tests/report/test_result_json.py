"""`result.json` holds what its schema says, for every sort of report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

import grader.report
from grader.model import Verdict
from grader.report.result_json import result_of, to_text

SCHEMA = json.loads((Path(grader.report.__file__).parent / "report-v1.schema.json").read_text(encoding="utf-8"))
SORTS = [
    "right",
    "partly",
    "raised",
    "fault",
    "unreadable",
    "self_check",
    "self_check_right",
    "written",
    "figures",
    "quick",
    "measured",
    "hostile",
    "empty",
]


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("sort", SORTS)
def test_a_result_is_valid(reports, sort):
    jsonschema.Draft202012Validator(SCHEMA).validate(result_of(reports[sort]))


@pytest.mark.parametrize("sort", [sort for sort in SORTS if sort != "hostile"])
def test_reading_what_was_written_gives_an_equal_result(reports, sort):
    result = result_of(reports[sort])
    assert json.loads(to_text(result)) == result


def test_the_schema_refuses_a_verdict_that_does_not_exist(reports):
    result = result_of(reports["right"])
    result["questions"][0]["verdict"] = "perfect"
    with pytest.raises(jsonschema.ValidationError, match="perfect"):
        jsonschema.Draft202012Validator(SCHEMA).validate(result)


def test_points_by_hand_are_not_known_yet(reports):
    assert result_of(reports["partly"])["score"]["by_hand"] == {"points": None, "out_of": 6.0}


@pytest.mark.parametrize("sort", SORTS)
def test_the_points_of_the_checks_add_up_to_those_of_their_question(reports, sort):
    for question in result_of(reports[sort])["questions"]:
        if question["checks"] and question["verdict"] != "not run":
            assert sum(check["points"] for check in question["checks"]) == pytest.approx(question["points"])
            assert sum(check["out_of"] for check in question["checks"]) == pytest.approx(question["out_of"])


def test_a_check_that_was_not_run_is_out_of_nothing(reports):
    report = reports["right"]
    first = report.score.questions[0]
    checks = (replace(first.checks[0], verdict=Verdict.NOT_RUN, fraction=0.0), *first.checks[1:])
    question = replace(first, checks=checks, points=4 / 3, out_of=4 / 3, not_run=2 / 3)
    result = result_of(replace(report, score=replace(report.score, questions=(question,))))
    assert [check["out_of"] for check in result["questions"][0]["checks"]] == pytest.approx([0.0, 2 / 3, 2 / 3])


def test_passed_checks_earn_nothing_when_a_decisive_one_failed(reports):
    first = reports["right"].score.questions[0]
    checks = (replace(first.checks[0], verdict=Verdict.FAIL, fraction=0.0, decisive=True), *first.checks[1:])
    question = replace(first, checks=checks, points=0.0, verdict=Verdict.FAIL)
    result = result_of(replace(reports["right"], score=replace(reports["right"].score, questions=(question,))))
    assert [check["points"] for check in result["questions"][0]["checks"]] == [0.0, 0.0, 0.0]


def test_the_text_is_indented_keeps_letters_and_ends_in_a_newline(reports):
    text = to_text(result_of(replace(reports["right"], submission_id="Zoë ∂ 畳")))
    assert text.startswith('{\n  "schema": "grader/report/v1",\n')
    assert '"id": "Zoë ∂ 畳"' in text
    assert text.endswith("}\n")


def test_a_lone_surrogate_does_not_keep_a_result_from_being_written(reports):
    text = to_text(result_of(replace(reports["right"], submission_id="lone \udc80")))
    assert json.loads(text.encode())["submission"]["id"] == "lone \ufffd"


def test_what_is_not_a_number_is_not_written_as_one(reports):
    broken = replace(reports["right"].score, points=float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        to_text(result_of(replace(reports["right"], score=broken)))
