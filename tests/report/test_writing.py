"""A report's folder holds the page and the data, whole or not at all."""

from __future__ import annotations

import json

import pytest

from grader.errors import GraderError
from grader.report.page import render_page
from grader.report.result_json import result_of, to_text
from grader.report.writing import write_report


def test_the_page_and_the_data_are_written(reports, tmp_path):
    path = write_report(reports["partly"], tmp_path / "reports" / "ada")
    assert path == tmp_path / "reports" / "ada" / "index.html"
    assert sorted(file.name for file in path.parent.iterdir()) == ["index.html", "result.json"]
    assert path.read_bytes() == render_page(result_of(reports["partly"])).encode()
    assert path.with_name("result.json").read_bytes() == to_text(result_of(reports["partly"])).encode()


def test_what_was_written_renders_the_same_page_again(reports, tmp_path):
    path = write_report(reports["hostile"], tmp_path)
    stored = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert render_page(stored) == path.read_text(encoding="utf-8")


def test_a_report_replaces_the_one_before(reports, tmp_path):
    write_report(reports["partly"], tmp_path)
    path = write_report(reports["right"], tmp_path)
    assert path.read_text(encoding="utf-8") == render_page(result_of(reports["right"]))


def test_a_failed_write_says_where_and_leaves_nothing_half_written(reports, tmp_path):
    (tmp_path / "index.html").mkdir()
    with pytest.raises(GraderError, match=r"cannot be written to .*choose another folder"):
        write_report(reports["right"], tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index.html", "result.json"]


def test_a_folder_that_cannot_be_made_is_said(reports, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(GraderError, match="cannot be written to"):
        write_report(reports["right"], tmp_path / "file" / "ada")
