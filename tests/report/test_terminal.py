"""The table of the command line says which written answers are there."""

from __future__ import annotations

import pytest

from grader.cli.grading import print_report


@pytest.mark.parametrize(
    ("sort", "line"),
    [("written", "written answers: 1 of 2 found; missing: w2"), ("partly", "written answers: 2 of 2 found\n")],
)
def test_found_and_missing_answers_are_counted(reports, capsys, sort, line):
    print_report(reports[sort])
    assert line in capsys.readouterr().out


def test_without_written_questions_nothing_is_said(reports, capsys):
    print_report(reports["right"])
    assert "written" not in capsys.readouterr().out
