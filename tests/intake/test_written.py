"""The answers to written questions are found wherever a person would find them, and nothing of them is run."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.intake.opening import open_submission
from grader.intake.written import MAX_CHARACTERS, written_answers
from grader.model import Assignment, Kind, Limits, Question
from grader.specs import read_assignment

TEMPLATE = "### {}. {} (3 points)\n\nWhat do you see, and why?\n\n*Hint.* Look twice.\n\n**Your answer:**\n\n*Your answer here.*"
PLAIN_TEMPLATE = "### {}. {} (3 points)\n\nWhat do you see, and why?\n\n*Your answer here.*"
TITLES = {"w1": "Patterns in the learned filters", "w2": "Kernels compared", "w10": "The fastest batch size"}
ASSIGNMENT = Assignment(
    slug="conv_nets",
    title="Convolutional Networks",
    folder=Path("conv_nets"),
    questions=(
        Question(id="d4", title="One epoch", kind=Kind.CODE, points=4, names=("conv2d",)),
        *(Question(id=id_, title=title, kind=Kind.WRITTEN, points=3) for id_, title in TITLES.items()),
    ),
    limits=Limits(),
    digest="",
)


def markdown(source, *tags):
    return {"cell_type": "markdown", "metadata": {"tags": list(tags)}, "source": source}


def code(source, *tags):
    return markdown(source, *tags) | {"cell_type": "code", "outputs": [], "execution_count": None}


@pytest.fixture
def answers(tmp_path, opened):
    """Find the answers in a notebook with these cells, a string being Markdown; or in a module, or in a folder."""

    def find(*cells, **files):
        content = [markdown(cell) if isinstance(cell, str) else cell for cell in cells]
        if cells:
            files["conv_nets.ipynb"] = json.dumps({"cells": content, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
        folder = tmp_path / "ada"
        folder.mkdir()
        for name, text in files.items():
            (folder / name.replace("_py", ".py")).write_text(text, encoding="utf-8")
        return {answer.question: answer for answer in written_answers(opened(folder), ASSIGNMENT)}

    return find


@pytest.fixture
def texts(answers):
    """Return the texts that were found, of what is not there none."""
    return lambda *cells, **files: {id_: answer.text for id_, answer in answers(*cells, **files).items() if answer.found}


def tagged(text, question="w1"):
    return markdown(text, f"answer-{question}")


def test_every_written_question_has_an_entry_in_its_order_and_code_questions_have_none(answers):
    found = answers("# Nothing")
    assert list(found) == ["w1", "w2", "w10"]
    assert {(answer.text, answer.found) for answer in found.values()} == {("", "")}


def test_a_tagged_cell_is_the_answer(answers):
    answer = answers(tagged("They are *edge detectors*."))["w1"]
    assert (answer.text, answer.found) == ("They are *edge detectors*.", "the cell tagged answer-w1")


@pytest.mark.parametrize("tag", ["answer-w1", "Answer-W1", "answer_w1", "ANSWER W1", "answer:w1", "answerw1"])
def test_a_tag_is_known_however_it_is_written(texts, tag):
    assert texts(markdown("Edges.", "other", tag)) == {"w1": "Edges."}


@pytest.mark.parametrize("tag", ["answer-w11", "answer", "w1", "answer-w", "my-answer-w1"])
def test_another_tag_is_no_answer(texts, tag):
    assert texts(markdown("Edges.", tag)) == {}


@pytest.mark.parametrize("template", [TEMPLATE, PLAIN_TEMPLATE])
def test_the_untouched_template_is_nothing(texts, template):
    assert texts(*(tagged(template.format(id_, title), id_) for id_, title in TITLES.items())) == {}


@pytest.mark.parametrize(
    "left",
    [
        "*Your answer here.*",
        "_Your answer here_",
        "Your Answer Here!",
        "*Type your answer here.*",
        "YOUR ANSWER HERE",
        "TODO",
        "*Double-click (or enter) to edit*",
        "Type *Markdown* and LaTeX: $\\alpha^2$",
        "...",
        "",
        " \n---\n",
        "<!-- note -->",
    ],
)
def test_what_a_notebook_puts_in_place_of_an_answer_is_none(texts, left):
    assert texts(tagged(f"### w1. Patterns in the learned filters\n\n{left}")) == {}


def test_an_answer_in_place_of_the_placeholder_stands_without_the_question(texts):
    filled = TEMPLATE.format("w1", "Patterns").replace("*Your answer here.*", "Edges.\n\nAnd blobs.")
    assert texts(tagged(filled)) == {"w1": "Edges.\n\nAnd blobs."}


def test_a_deleted_placeholder_leaves_no_answer(texts):
    assert texts(tagged(TEMPLATE.format("w1", "Patterns").replace("*Your answer here.*", ""))) == {}


def test_an_answer_beside_the_placeholder_is_one(texts):
    assert texts(tagged(TEMPLATE.format("w1", "Patterns") + " Edges.")) == {"w1": "Edges."}


def test_an_answer_below_a_placeholder_without_a_beginning_is_shown_with_all_that_is_there(texts):
    found = texts(tagged(PLAIN_TEMPLATE.format("w1", "Patterns") + "\n\nEdges."))
    assert found["w1"].startswith("What do you see, and why?")
    assert found["w1"].endswith("Edges.")


def test_an_answer_in_a_new_cell_below_the_template_belongs_to_it(answers):
    found = answers(
        tagged(TEMPLATE.format("w1", "Patterns")), "Edges.", "Blobs, too.", tagged(TEMPLATE.format("w2", "Kernels"), "w2")
    )
    assert found["w1"].text == "Edges.\n\nBlobs, too."
    assert found["w1"].found == "the cell tagged answer-w1"
    assert not found["w2"].found


def test_a_large_heading_that_says_answer_does_not_end_the_question(texts):
    assert texts(tagged(TEMPLATE.format("w1", "Patterns")), "# My answer\n\nEdges.") == {"w1": "Edges."}


HEADINGS = ["## w1. Patterns", "# W1", "### W1: Patterns", "## **w1**", "## Question w1", "## (w1) Patterns", "##w1. Patterns"]
HEADINGS += ["## `w1`", "## W 1 Patterns", "## w-1", "## Answer to w1", "## w01. Patterns", "w1. Patterns\n-----", "W1\n==="]
HEADINGS += ["<h3>w1. Patterns</h3>", "**w1. Patterns**", "**w1**", "__W1:__", "w1", "W1:", "- **w1.**", "> w1)", "<b>w1</b>"]
HEADINGS += ["## w1\\. Patterns", "w1. Patterns in the learned filters", "***w1. Patterns***", "## w1 –"]


@pytest.mark.parametrize("heading", HEADINGS)
def test_the_text_below_a_heading_that_begins_with_the_id_is_the_answer(answers, heading):
    found = answers("# My work", f"{heading}\n\nEdges.", "## w2\nKernels.")
    assert found["w1"].text == "Edges."
    assert found["w1"].found.startswith("the text below the heading “")
    assert found["w2"].text == "Kernels."


@pytest.mark.parametrize("line", ["**w1** Edges.", "w1: Edges.", "W1) Edges.", "**w1:** Edges.", "- w1. Edges.", "*w1* – Edges."])
def test_an_answer_may_begin_on_the_line_of_its_id(texts, line):
    assert texts(f"{line}\nAnd blobs.\n\nw2: Kernels.") == {"w1": "Edges.\nAnd blobs.", "w2": "Kernels."}


@pytest.mark.parametrize(
    "line",
    [
        "w1 is like w2",
        "w100: no",
        "sw1: no",
        "## w11",
        "#w12",
        "w1x: no",
        "as in w1: no",
        "## The filters of w1",
        "    w1 x: code",
    ],
)
def test_an_id_inside_a_sentence_or_another_name_begins_nothing(texts, line):
    assert texts(f"{line}\n\nEdges.") == {}


def test_several_cells_below_one_heading_belong_to_it_with_code_in_between(texts):
    found = texts("## w1", "Edges.", code("plot()"), "And blobs.", "### In detail\nSmall ones.", "## Summary", "No answer.")
    assert found == {"w1": "Edges.\n\nAnd blobs.\n\n### In detail\nSmall ones."}


@pytest.mark.parametrize("end", ["## w2", "# Part G", "## d4. One epoch", "### D4", "**w10**", "## Next", "<h2>Next</h2>"])
def test_another_question_or_a_heading_that_is_not_deeper_ends_an_answer(texts, end):
    assert texts("## w1\nEdges.", f"{end}\n\nElse.")["w1"] == "Edges."


def test_all_answers_may_stand_in_one_cell(texts):
    assert texts("# Written\n## w1\nEdges.\n## w2\nKernels.\n## w10\nSix.") == {"w1": "Edges.", "w2": "Kernels.", "w10": "Six."}


def test_all_answers_may_stand_in_the_first_tagged_cell(texts):
    rest = [tagged(TEMPLATE.format(id_, TITLES[id_]), id_) for id_ in ("w2", "w10")]
    found = texts(tagged("### w1\nEdges.\n### w2\nKernels.\n### w10\nSix."), *rest)
    assert found == {"w1": "Edges.", "w2": "Kernels.", "w10": "Six."}


def test_an_id_in_the_middle_of_a_tagged_answer_takes_nothing_away_when_that_question_has_its_own_cell(texts):
    found = texts(tagged("Edges.\n\nw2: see there, but here they are small."), tagged("Kernels.", "w2"))
    assert found["w1"].startswith("Edges.")
    assert found["w1"].endswith("see there, but here they are small.")
    assert found["w2"] == "Kernels."


def test_headings_inside_a_tagged_cell_do_not_end_it(texts):
    assert texts(tagged("Edges.\n\n# In detail\n\nSmall ones."))["w1"].endswith("Small ones.")


def test_a_heading_counts_more_than_the_tag_of_a_cell_that_was_copied(texts):
    assert texts(tagged("## w2. Kernels compared\n\nThey differ.", "w1")) == {"w2": "They differ."}


def test_duplicated_cells_with_an_answer_are_shown_together_and_equal_ones_once(answers):
    found = answers(tagged("Edges."), tagged(TEMPLATE.format("w1", "P")), tagged("Blobs."), tagged("Edges."))["w1"]
    assert found.text == "Edges.\n\n---\n\nBlobs."
    assert found.found == "the cell tagged answer-w1"


def test_a_tagged_cell_counts_before_a_heading_and_a_heading_before_a_string(answers):
    both = answers(code("answer_w1 = 'string'\nanswer_w2 = 'string'"), "## w1\nheading", "## w2\nheading", tagged("tag"))
    assert [both[id_].text for id_ in ("w1", "w2")] == ["tag", "heading"]


def test_number_signs_in_a_code_block_are_no_headings_and_an_open_block_is_closed(texts):
    assert texts("## w1\n```python\n# w2\n## Next\nx", "Edges.")["w1"] == "```python\n# w2\n## Next\nx\n```\n\nEdges."


def test_an_answer_that_was_written_as_a_heading_is_one(texts):
    answer = "The filters look like edges " * 8
    assert texts(f"## w1 {answer}")["w1"] == answer.strip()


def test_text_above_dashes_is_text(texts):
    assert texts("## w1\n\nEdges.\n---\nBlobs.") == {"w1": "Edges.\n---\nBlobs."}


def test_a_picture_alone_is_an_answer_and_its_bytes_are_left_out(texts):
    assert texts(tagged("![](attachment:image.png)")) == {"w1": "![](attachment:image.png)"}


def test_the_bytes_of_a_picture_are_left_out(texts):
    assert texts(tagged(f"See ![sketch](data:image/png;base64,{'iVBOR' * 90_000}=) here.")) == {
        "w1": "See ![sketch](data:left-out) here."
    }


def test_a_long_answer_is_cut_and_says_so(texts):
    text = texts(tagged("word " * 50_000))["w1"]
    assert len(text) < MAX_CHARACTERS + 100
    assert text.endswith("[Cut here: 150,000 more characters of this answer are in the submission.]")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Edges.\n# Blobs.", "Edges.\nBlobs."),
        ("'''Edges.'''", "Edges."),
        ("The filters show edges.", "The filters show edges."),
        ("print('edges')", "```python\nprint('edges')\n```"),
        ("answer_w1 = 'Edges.'", "Edges."),
    ],
)
def test_a_tagged_code_cell_is_read_as_it_was_meant(texts, source, text):
    assert texts(code(source, "answer-w1")) == {"w1": text}


def test_a_tagged_raw_cell_is_an_answer(texts):
    assert texts(tagged("Edges.") | {"cell_type": "raw"}) == {"w1": "Edges."}


STRINGS = {
    "answer_w1 = 'Edges.'": "Edges.",
    'answer_w1 = """\nEdges.\n\nBlobs.\n"""': "Edges.\n\nBlobs.",
    "answer_w1 = ('Ed'\n    'ges.')": "Edges.",
    "answer_w1: str = r'$\\alpha$'": "$\\alpha$",
    "answer_w1 = 'Ed' + 'ge' + 's.'": "Edges.",
    "from textwrap import dedent\nanswer_w1 = dedent('''\\\n    Edges.\n      Blobs.''')": "Edges.\n  Blobs.",
    "import inspect\nanswer_w1 = inspect.cleandoc('''Edges.\n    Blobs.''')": "Edges.\nBlobs.",
    "answer_w1 = '  Edges. '.strip()": "Edges.",
    "answer_w1 = '\\n'.join(['Edges.', 'Blobs.'])": "Edges.\nBlobs.",
    "answer_w1 = f'Edges: {n + 1}.'": "Edges: {n + 1}.",
    "answer_w1 = 'Edges'\nanswer_w1 += ' and blobs.'": "Edges and blobs.",
    "answer_w1 = 'old'\nanswer_w1 = 'Edges.'": "Edges.",
    "if True:\n    answer_w1 = 'Edges.'": "Edges.",
    "try:\n    x\nfinally:\n    answer_w1 = 'Edges.'": "Edges.",
    "answer_w1 = copy = 'Edges.'": "Edges.",
    "answer_w1, answer_w3 = 'Edges.', 'no'": "Edges.",
    "ANSWER_W1 = 'Edges.'": "Edges.",
    "w1_answer = 'Edges.'": "Edges.",
    "answer_w1 = 'Edges.'\ndef broken(:": "Edges.",
    "def broken(:\nanswer_w1 = '''\nEdges.\n\nBlobs.'''": "Edges.\n\nBlobs.",
}


@pytest.mark.parametrize("source", STRINGS)
def test_a_string_is_read_from_a_module(answers, source):
    answer = answers(conv_nets_py=source)["w1"]
    assert answer.text == STRINGS[source]
    assert answer.found.casefold() in ("answer_w1", "w1_answer")
    assert answer.found in source


@pytest.mark.parametrize("source", list(STRINGS)[:6])
def test_a_string_is_read_from_a_code_cell(texts, source):
    assert texts("# My work", code(f"%matplotlib inline\n{source}")) == {"w1": STRINGS[source]}


@pytest.mark.parametrize(
    "source",
    [
        "answer_w1 = 3",
        "answer_w1 = open('x').read()",
        "answer_w1 = b'no'",
        "def f():\n    answer_w1 = 'no'",
        "answer_w1 = ''",
        "class A:\n    answer_w1 = 'no'",
        "answer_w1 = '*Your answer here.*'",
        "answer_w1 = 'a' * 3",
        "answer_w1 = None",
        "",
        "answer_w1 = ','.join(x)",
        "answer_w1 = 'a'.join('b', 'c')",
        "answer_w1 = dedent(x)",
        "x.answer_w1 = 'no'",
    ],
)
def test_what_is_no_string_is_no_answer(texts, source):
    assert texts(conv_nets_py=source) == {}


def test_a_string_in_a_file_beside_the_module_is_read(answers):
    assert answers(conv_nets_py="from written import *", written_py="answer_w2 = 'Kernels.'")["w2"].text == "Kernels."


def test_nothing_is_run(texts, tmp_path):
    sign = tmp_path / "ran"
    source = f"open({str(sign)!r}, 'w')\nanswer_w1 = f\"{{open({str(sign)!r}, 'w')}}\" + dedent('Edges.')"
    assert texts(conv_nets_py=source)["w1"].endswith("Edges.")
    assert not sign.exists()


PERCENT = '# %% [markdown] tags=["answer-w1"]\n# ### w1. Patterns\n#\n# What?\n#\n# **Your answer:**\n#\n# {}\n\n# %%\nx = 1\n'


def test_a_comment_of_the_template_in_a_module_is_read_like_its_cell(answers):
    answer = answers(conv_nets_py=PERCENT.format("Edges."))["w1"]
    assert (answer.text, answer.found) == ("Edges.", "the comment tagged answer-w1")


def test_a_string_below_the_untouched_comment_of_the_template_is_read(texts):
    source = PERCENT.format("*Your answer here.*").replace("\n\n# %%\n", "\nanswer_w1 = 'Edges.'\n\n# %%\n")
    assert texts(conv_nets_py=source) == {"w1": "Edges."}


def test_a_text_cell_of_a_module_may_be_a_string_and_may_have_lost_its_tag(texts):
    source = '# %% [markdown]\n"""\n## w1\n\nEdges.\n"""\n# %% [md]\n# ## w2\n# Kernels.\n# %%\n# ## w10\n# no\n'
    assert texts(conv_nets_py=source) == {"w1": "Edges.", "w2": "Kernels."}


HOSTILE = {
    "headings": "## w1\n" * 100_000,
    "number signs": "#" * 1_000_000,
    "stars": "*" * 1_000_000,
    "bold ids": "**w1" * 250_000,
    "tags": "<b" * 500_000,
    "list marks": "- " * 500_000,
    "fences": "```\n" * 200_000,
    "comments": "<!--" * 250_000,
    "blanks": " " * 1_000_000 + "x",
    "placeholders": "your answer " * 80_000,
    "embedded": "data:image/png;base64," * 40_000,
    "todo": "todo" + "!" * 1_000_000 + "x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_long_text_takes_no_long_time(answers, name):
    start = time.process_time()
    answers(tagged(HOSTILE[name]), HOSTILE[name])
    assert time.process_time() - start < 10


@pytest.mark.parametrize("line", ["answer_w1 = '''\n", "a = (\n", "answer_w1 = (" + "(" * 50_000 + "\n", "x = ' + '" * 100_000])
def test_a_long_program_takes_no_long_time(answers, line):
    start = time.process_time()
    answers(conv_nets_py=line * (1 + 500_000 // len(line)))
    assert time.process_time() - start < 10


def test_a_string_of_a_thousand_parts_is_read(texts):
    source = "answer_w1 = " + " + ".join(["'Edges. '"] * 900)
    assert texts(conv_nets_py=source) == {"w1": ("Edges. " * 900)}


def test_reading_answers_imports_no_torch():
    code = "import sys, grader.intake.written; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path for path in ROOT.glob("student_template/*/*") if path.stem == path.parent.name)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_the_template_that_students_get_holds_no_answer(path):
    assignment = read_assignment(ROOT / "assignments", path.parent.name)
    submission = open_submission(path, slug=assignment.slug, names=assignment.names)
    assert [answer for answer in written_answers(submission, assignment) if answer.text or answer.found] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_what_is_written_over_the_placeholders_of_the_template_is_found(path, tmp_path):
    assignment = read_assignment(ROOT / "assignments", path.parent.name)
    filled = tmp_path / path.name
    filled.write_text(path.read_text(encoding="utf-8").replace("*Your answer here.*", "Because."), encoding="utf-8")
    submission = open_submission(filled, slug=assignment.slug, names=assignment.names)
    for answer in written_answers(submission, assignment):
        assert answer.text.endswith("Because.")
        assert answer.found.endswith(f"tagged answer-{answer.question}")
