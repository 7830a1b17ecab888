"""The hand-out is made from its master, and what lies in the tree is what the master makes."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import nbclient
import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import SpecError
from grader.handout import module_text, notebook_text, provided_text

ROOT = Path(__file__).resolve().parents[1]
SLUGS = sorted(path.parent.name for path in ROOT.glob("reference/*/*.py") if path.stem == path.parent.name)

MASTER = '''\
# only for the modules

# %% [markdown]
# # A title
#
# Some text with a | pipe.

# %%
import functools

# %matplotlib inline
GIVEN = 7

# %% tags=["try"]
@functools.cache
def area(
    side: int, scale: dict[str, int] = {"a": 1}  # ints, please
) -> int:  # in pixels
    """Return the area.

    Raises nothing.
    """
    # a secret thought
    # hint: what is a square?
    if side:
        # hint: multiply
        return side * side  # secret remark
    return 0
    # secret words at the end


# %% solution
SECRET = 1

# %%
class Shape(dict):
    """A shape."""

    secret_field = 3

    def __init__(self, side: int) -> None:
        """Keep the side."""
        super().__init__()
        self.secret = side

    @property
    def area(self) -> int:
        # hint: you have written it already
        return area(self.secret)

    def _secret(self) -> None:
        pass


print(GIVEN)
# %% [markdown] tags=["answer-w1", "by-hand"]
# *Your answer*
'''

UNSOLVED = '''\
# only for the modules

# %% [markdown]
# # A title
#
# Some text with a | pipe.

# %%
import functools

# %matplotlib inline
GIVEN = 7

# %% tags=["try"]
@functools.cache
def area(
    side: int, scale: dict[str, int] = {"a": 1}  # ints, please
) -> int:  # in pixels
    """Return the area.

    Raises nothing.
    """
    # hint: what is a square?
    # hint: multiply
    raise NotImplementedError("area is not written yet")


# %%
class Shape(dict):
    """A shape."""

    def __init__(self, side: int) -> None:
        """Keep the side."""
        raise NotImplementedError("Shape.__init__ is not written yet")

    @property
    def area(self) -> int:
        # hint: you have written it already
        raise NotImplementedError("Shape.area is not written yet")


print(GIVEN)
# %% [markdown] tags=["answer-w1", "by-hand"]
# *Your answer*
'''


def test_the_unsolved_module_keeps_what_the_student_needs_and_nothing_of_the_solution():
    assert module_text(MASTER, ["area", "Shape"], solved=False) == UNSOLVED


def test_the_solved_module_is_the_master_itself():
    assert module_text(MASTER, ["area", "Shape"], solved=True) == MASTER


def test_a_name_that_is_not_asked_for_stays_as_it_is():
    assert "super().__init__()" in module_text(MASTER, ["area"], solved=False)


def test_a_notebook_has_a_cell_for_each_cell_with_its_kind_tags_and_source():
    cells = _cells(notebook_text(MASTER, ["area", "Shape"], solved=True))
    assert [(cell.cell_type, cell.metadata.get("tags", [])) for cell in cells] == [
        ("markdown", []),
        ("code", []),
        ("code", ["try"]),
        ("code", ["solution"]),
        ("code", []),
        ("markdown", ["answer-w1", "by-hand"]),
    ]
    assert cells[0].source == "# A title\n\nSome text with a | pipe."
    assert cells[1].source == "import functools\n\n%matplotlib inline\nGIVEN = 7"
    assert cells[3].source == "SECRET = 1"


def test_the_unsolved_notebook_says_the_same_as_the_unsolved_module():
    cells = _cells(notebook_text(MASTER, ["area", "Shape"], solved=False))
    assert [cell.source for cell in cells] == [
        cell.source for cell in _cells(notebook_text(UNSOLVED, ["area", "Shape"], solved=True))
    ]
    assert "secret" not in "".join(cell.source for cell in cells).lower()


def test_a_notebook_is_valid_and_written_as_nbformat_writes_it():
    text = notebook_text(MASTER, ["area", "Shape"], solved=False)
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert nbformat.writes(notebook) + "\n" == text


def test_a_cell_has_the_same_id_in_both_notebooks_and_after_an_edit_elsewhere():
    solved = [cell.id for cell in _cells(notebook_text(MASTER, ["area", "Shape"], solved=True))]
    unsolved = [cell.id for cell in _cells(notebook_text(MASTER, ["area", "Shape"], solved=False))]
    edited = MASTER.replace("# # A title", "# # Another title")
    assert unsolved == solved[:3] + solved[4:]
    assert [cell.id for cell in _cells(notebook_text(edited, ["area", "Shape"], solved=True))][1:] == solved[1:]


def test_equal_cells_get_different_ids():
    cells = _cells(notebook_text("# %%\npass\n# %%\npass\n# %%\npass\n", [], solved=True))
    assert len({cell.id for cell in cells}) == 3


@pytest.mark.parametrize(
    ("master", "message"),
    [
        ("x = 1\n", "no cell"),
        ("x = 1\n# %%\n", "line 1 of the master stands above the first cell"),
        ("# %%\n# %% [raw]\n", "line 2 of the master is no cell marker"),
        ("# %%\n# %% tags=[answer]\n", "line 2 of the master is no cell marker"),
        ("# %% [markdown]\n# fine\nnot fine\n", "line 3 of the master is in a markdown cell"),
        ("# %% [markdown]\n#not fine\n", "line 2 of the master is in a markdown cell"),
        ("# %%\nx = 1\ny = = 2\n", "line 3 of the master is not Python"),
        ('# %%\ndef f():\n    """Text.\n# %% [markdown]\n# """\n', "each code cell must be whole"),
        ("# %%\nx = 1\n", "defines f 0 times"),
        ("# %%\nf = len\n", "defines f 0 times"),
        ('# %%\nif True:\n    def f():\n        """Text."""\n', "defines f 0 times"),
        ('# %%\ndef f():\n    """Text."""\n# %%\ndef f():\n    """Text."""\n', "defines f 2 times"),
        ('# %% solution\ndef f():\n    """Text."""\n', "line 2 of the master defines f in a solution cell"),
        ("# %%\n\ndef f():\n    return 1\n", "line 3 of the master defines f without a docstring"),
    ],
)
def test_a_malformed_master_is_refused_with_the_line_and_the_remedy(master, message):
    for make in (module_text, notebook_text):
        for solved in (True, False):
            with pytest.raises(SpecError, match=message):
                make(master, ["f"], solved=solved)


@pytest.mark.parametrize("function", ['def f(x): "Text."', 'def f(x):\n    """Text."""; return x', 'def f(x): "Text."; return x'])
def test_a_body_on_the_line_of_the_signature_or_docstring_is_refused(function):
    with pytest.raises(SpecError, match="two statements on one line"):
        module_text(f"# %%\n{function}\n", ["f"], solved=False)


words = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
signatures = st.builds(
    lambda names, default, returns: f"({', '.join(names)}{', ' if names else ''}k: int = {default}) -> {returns}:",
    st.lists(words.map(lambda word: f"a_{word}"), unique=True, max_size=4),
    st.sampled_from(["3", "(1, 2)", "lambda: 3", "{'a': 1}[':'[:0] or 'a']"]),
    st.sampled_from(["int", "dict[str, int]", "'a: b'"]),
)
docstrings = st.lists(words, min_size=1, max_size=4).map(lambda lines: '"""' + "\n\n    ".join(lines) + '"""')
statements = st.lists(
    st.sampled_from(
        [
            "secret = '# hint: inside a text, secret'",
            "if k:  # secret\n        return secret",
            "def secret():\n        # hint: kept\n        return 1",
            "# secret comment",
            "# hint: kept",
            "for secret in ():\n        pass\n\n        # secret at the end",
            "return 'secret'",
        ]
    ),
    max_size=5,
)


@given(name=words.map(lambda word: f"f_{word}"), signature=signatures, docstring=docstrings, body=statements)
def test_of_any_function_signature_docstring_and_hints_stay_and_the_rest_goes(name, signature, docstring, body):
    text = "\n    ".join([f"def {name}{signature}", docstring, *body])
    master = f"# %%\nfirst = 1\n{text}\n\n\nlast = 2\n"

    unsolved = module_text(master, [name], solved=False)

    before, after = ast.parse(master).body[1], ast.parse(unsolved).body[1]
    assert ast.dump(after.args) == ast.dump(before.args)
    assert ast.get_docstring(after, clean=False) == ast.get_docstring(before, clean=False)
    assert [ast.unparse(statement) for statement in after.body[1:]] == [f"raise NotImplementedError('{name} is not written yet')"]
    assert "secret" not in unsolved
    assert unsolved.count("# hint: kept") == text.count("# hint: kept")
    assert unsolved.startswith("# %%\nfirst = 1\n")
    assert unsolved.endswith("\n\n\nlast = 2\n")
    assert module_text(unsolved, [name], solved=False) == unsolved


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    ("product", "make", "solved"),
    [
        ("reference/{slug}/{slug}.py", module_text, True),
        ("reference/{slug}/{slug}.ipynb", notebook_text, True),
        ("student_template/{slug}/{slug}.py", module_text, False),
        ("student_template/{slug}/{slug}.ipynb", notebook_text, False),
    ],
)
def test_the_products_in_the_tree_are_what_the_master_makes(slug, product, make, solved):
    text = (ROOT / product.format(slug=slug)).read_text(encoding="utf-8")
    assert text == make(_master(slug), _names(slug), solved=solved), f"make {product} again from the master"


@pytest.mark.parametrize("slug", SLUGS)
def test_every_function_of_the_template_raises_and_does_nothing_else(slug):
    tree = ast.parse((ROOT / f"student_template/{slug}/{slug}.py").read_text(encoding="utf-8"))
    definitions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    for name in _names(slug):
        asked = definitions[name]
        functions = [asked] if isinstance(asked, ast.FunctionDef) else [n for n in asked.body if isinstance(n, ast.FunctionDef)]
        assert functions, name
        for function in functions:
            assert [type(statement) for statement in function.body if not isinstance(statement, ast.Expr)] == [ast.Raise], name


@pytest.mark.parametrize("slug", SLUGS)
def test_both_modules_run_without_a_warning_a_window_or_a_display(slug):
    code = """if True:
        import json, runpy, sys
        for path in sys.argv[1:]:
            print(json.dumps(list(runpy.run_path(path))))
    """
    paths = [ROOT / folder / slug / f"{slug}.py" for folder in ("reference", "student_template")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *paths],
        env={"MPLBACKEND": "TkAgg", "PYTHONPATH": str(ROOT / "student_template" / slug)},  # there lies `provided`
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    defined = [line for line in done.stdout.splitlines() if line.startswith('["__name__"')]
    assert all(set(_names(slug)) <= set(json.loads(line)) for line in defined)
    by_the_reference, by_the_template = done.stdout.split(defined[0])
    assert "is not written yet" not in by_the_reference
    assert "is not written yet" in by_the_template


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("folder", ["reference", "student_template"])
def test_a_notebook_runs_from_top_to_bottom_in_a_real_kernel(slug, folder):
    notebook = nbformat.read(ROOT / folder / slug / f"{slug}.ipynb", as_version=4)
    beside = {"metadata": {"path": str(ROOT / "student_template" / slug)}}  # there lies `provided`
    nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3", resources=beside).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert all(output.get("name") != "stderr" for output in outputs)
    assert ("is not written yet" in printed) == (folder == "student_template")
    assert any("image/png" in output.get("data", {}) for output in outputs) or folder == "student_template"


def _master(slug: str) -> str:
    return (ROOT / f"reference/{slug}/{slug}.py").read_text(encoding="utf-8")


def _names(slug: str) -> list[str]:
    specification = tomllib.loads((ROOT / f"assignments/{slug}/assignment.toml").read_text(encoding="utf-8"))
    return [name for question in specification["question"] for name in question.get("names", ())]


def _cells(notebook: str) -> list[nbformat.NotebookNode]:
    return nbformat.reads(notebook, as_version=4).cells


def test_the_provided_code_of_several_files_becomes_one_module():
    first = b'"""First."""\n\nfrom __future__ import annotations\n\nA = 1\n'
    second = b'"""Second."""\n\nfrom __future__ import annotations\n\n\ndef b() -> int:\n    return A + 1\n'
    namespace = {}
    exec(provided_text([("provided.py", first), ("more.py", second)]), namespace)
    assert namespace["b"]() == 2
