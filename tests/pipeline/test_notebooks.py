"""Notebooks: both engines agree, magics and commands are tolerated, and a cell that raises loses what it defines and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nbformat import v4, writes

from grader.model import Job, Verdict
from grader.pipeline import grade

ENGINES = ("shell", "jupyter")


def notebook(tmp_path, *cells):
    path = tmp_path / "conv_nets.ipynb"
    path.write_text(writes(v4.new_notebook(cells=[v4.new_code_cell(cell) for cell in cells])), encoding="utf-8")
    return path


A1 = "def conv_param_count(in_channels, filters, kernel):\n    return filters * in_channels * kernel**2, filters"
A3 = (
    "def pool_output_shape(height, width, channels, kernel, stride=None):\n"
    "    stride = stride or kernel\n"
    "    return (height - kernel) // stride + 1, (width - kernel) // stride + 1, channels"
)
CELLS = (
    "%matplotlib inline\nimport torch, matplotlib.pyplot as plt",
    "!echo hello from a command\nfiles = !ls",
    "%%time\n" + A1,
    "!pip install torch torchinfo",
    "%%capture out\nprint('hidden')",
    "plt.plot([1, 2]); plt.show()",
    "half = 1\n1 / 0\n" + A3,
    "import asyncio\nawait asyncio.sleep(0)\nprint('done', __name__)",
    "def receptive_field(layers):\n    return half",
)


@pytest.mark.parametrize("engine", ENGINES)
def test_cells_run_one_by_one_and_a_raising_one_loses_what_it_defines(tmp_path, hurried, engine):
    job = Job(
        assignment=hurried,
        path=notebook(tmp_path, *CELLS),
        hidden=True,
        questions=("a1", "a3", "a4"),
        notebook_engine=engine,
    )
    patient = replace(hurried.limits, load_s=60.0, call_s=5.0)

    report = grade(replace(job, assignment=replace(hurried, limits=patient)))
    verdicts = [question.verdict for question in report.score.questions]
    assert verdicts == [Verdict.PASS, Verdict.MISSING, Verdict.FAIL]
    assert [incident.where for incident in report.loading.incidents] == ["cell 7"]
    assert "ZeroDivisionError" in report.loading.incidents[0].message
    assert "hello from a command" in report.loading.printed
    assert "done __main__" in report.loading.printed


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bruno.ipynb", "emre.ipynb"])
def test_both_engines_give_the_same_score(root, conv_nets, parts_a_to_c, name):
    path = root / "tests" / "hand_ins" / "demo" / "conv_nets" / name
    job = Job(assignment=conv_nets, path=path, hidden=True, questions=parts_a_to_c)
    reports = [grade(replace(job, notebook_engine=engine)) for engine in ENGINES]
    first, second = (
        [(check.id, check.verdict, check.fraction) for question in report.score.questions for check in question.checks]
        for report in reports
    )
    assert first == second
    wheres = [[incident.where for incident in report.loading.incidents] for report in reports]
    assert wheres[0] == wheres[1]


def test_an_install_is_left_out_and_said_so(tmp_path, hurried, sandbox):
    path = notebook(tmp_path, "!pip install -q torchinfo\n%pip install thop", A1)
    report = grade(Job(assignment=hurried, path=path, hidden=True, questions=("a1",)), sandbox=sandbox)
    assert report.score.points == report.score.out_of
    assert len(report.loading.notes) == 2
    assert "torchinfo" in report.loading.notes[0]


def test_names_are_looked_up_after_the_whole_notebook_has_run(tmp_path, hurried, sandbox):
    path = notebook(tmp_path, "def conv_param_count(*args):\n    return None", A1)
    report = grade(Job(assignment=hurried, path=path, hidden=True, questions=("a1",)), sandbox=sandbox)
    assert report.score.points == report.score.out_of


def test_a_cell_that_asks_for_input_gets_an_empty_line_and_goes_on(tmp_path, hurried, sandbox):
    path = notebook(tmp_path, "name = input('your name? ')\n" + A1)
    report = grade(Job(assignment=hurried, path=path, hidden=True, questions=("a1",)), sandbox=sandbox)
    assert report.score.points == report.score.out_of
    assert report.loading.incidents == ()
    assert "input" in report.loading.notes[0]
