"""The text that rules on the source are judged by."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest
from IPython.core import inputtransformer2

from grader.intake import source as source_module
from grader.intake.source import source_modules
from grader.model import SourceText


@pytest.fixture
def texts(tmp_path, opened, write_folder):
    return lambda files: source_modules(opened(write_folder(tmp_path / "ada", files)))


@pytest.fixture
def cell(texts, notebook):
    """Return a cell's Python after a look that it parses and has as many lines as before."""

    def python(source):
        (text,) = texts({"conv_nets.ipynb": notebook(source)})
        ast.parse(text.text)
        return text.text

    return python


def line_of(text, name):
    return next(node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name) and node.id == name)


def test_a_module_and_its_helpers_are_given_by_their_names(texts):
    files = {"conv_nets.py": b"x = 1", "helper.py": b"y", "lib/__init__.py": b"", "lib/deep.py": b"z", "data.txt": b"t"}
    assert texts(files) == (
        SourceText(name="conv_nets.py", module="<main>", text="x = 1", first_line=1),
        SourceText(name="helper.py", module="helper", text="y"),
        SourceText(name="lib/__init__.py", module="lib", text=""),
        SourceText(name="lib/deep.py", module="lib.deep", text="z"),
    )


def test_a_declared_encoding_is_honoured(texts):
    assert texts({"conv_nets.py": b"# coding: latin-1\n# \xe4"})[0].text == "# coding: latin-1\n# ä"


def test_a_helper_that_python_cannot_import_is_left_out(texts):
    assert [text.module for text in texts({"conv_nets.py": b"", "broken.py": b"\xff"})] == ["<main>"]


def test_code_cells_are_counted_from_one_without_the_others(tmp_path, opened, notebook):
    markdown = b'{"cell_type": "markdown", "source": "text"}, '
    (tmp_path / "a.ipynb").write_bytes(notebook("a", "b").replace(b'"cells": [', b'"cells": [' + markdown))
    assert [(text.name, text.module, text.text) for text in source_modules(opened(tmp_path / "a.ipynb"))] == [
        ("cell 1", "<main>", "a"),
        ("cell 2", "<main>", "b"),
    ]


@pytest.mark.parametrize("source", ["x = 1\ny = 2  # 100 %", "s = '''\n\n'''", "a = 5 % 3\nb = not a != 3", ""])
def test_plain_python_stays_as_it_is(cell, source):
    assert cell(source) == source


@pytest.mark.parametrize(
    "command",
    [
        "%matplotlib inline",
        "!pip install thop",
        "!pip install \\\n  thop \\\n  torch",
        "a = !ls",
        "a = %pwd",
        "?print",
        "print?",
        "print??",
        "/print 1",
        ",print a b",
        "if True:\n    !ls",
        "%time y = 3",
        "%timeit -n 3 print()",
        "\n\n\n%pwd",
        "\n%%time\n",
        "%%capture out --no-stderr",
        "%%time\n%%capture\n%pwd",
    ],
)
def test_what_is_for_ipython_becomes_python_and_lines_keep_their_numbers(cell, command):
    source = f"{command}\nmark = 1\n"
    assert line_of(cell(source), "mark") == source[: source.index("mark")].count("\n") + 1


def test_what_the_time_magic_runs_is_seen(cell):
    assert "import conv2d" in cell("%time from torch.nn.functional import conv2d")
    assert cell("%%time\nimport torch") == "#\nimport torch"


@pytest.mark.parametrize("magic", ["%%bash", "%%html", "%%javascript", "%%writefile a.py", "\n%%bash"])
def test_a_cell_in_another_language_is_empty(cell, magic):
    assert cell(f"{magic}\nls -l | grep x") == ""


@pytest.mark.parametrize(
    "source",
    [
        ">>> conv2d = torch.conv2d",
        "In [1]: conv2d = torch.conv2d",
        "\x0cIn [1]: conv2d = torch.conv2d",
        "    conv2d = torch.conv2d",
    ],
)
def test_prompts_and_indents_do_not_hide_code(cell, source):
    assert cell(source) == "conv2d = torch.conv2d\n"


def test_code_below_a_question_for_help_on_a_cell_magic_is_seen(cell):
    assert cell("%%bash?\nconv2d = torch.conv2d").splitlines()[1] == "conv2d = torch.conv2d"


def test_a_cell_with_a_syntax_error_is_given_as_it_is(texts, notebook):
    assert texts({"conv_nets.ipynb": notebook("def f(:\n    pass")})[0].text.strip() == "def f(:\n    pass"


def test_a_cell_with_more_magics_than_ipython_takes_is_still_python(cell, monkeypatch):
    monkeypatch.setattr(inputtransformer2, "TRANSFORM_LOOP_LIMIT", 5)
    assert cell("%pwd\n" * 6 + "x = 1") == "pass\n" * 6 + "x = 1"


def test_cells_that_would_take_long_are_read_roughly(cell, monkeypatch):
    monkeypatch.setattr(source_module, "MAX_TRANSFORMED_CHARACTERS", 10)
    assert cell("%pwd\n%time x = 1\nIn [1]: y = 2\nif x:\n    !ls") == "pass\nx = 1\ny = 2\nif x:\n    pass"


def test_ipython_is_not_imported_for_plain_python():
    code = (
        "import sys; from grader.intake.source import source_modules; from grader.model import *;"
        "cell = Cell(kind='code', source='x = 1');"
        "source_modules(Submission(id='a', files=(), main='a.ipynb', cells=(cell,), digest=''));"
        "sys.exit('IPython' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
