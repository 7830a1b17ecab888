"""An edit changes the digests of the checks that it concerns, never too few of them and seldom too many."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent
from types import FunctionType, ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.checks.check_files import check_files
from grader.checks.digesting import check_digests, definition_digest
from grader.errors import CheckError

ROOT = Path(__file__).resolve().parents[2]
CONV_NETS = ROOT / "assignments" / "conv_nets"
Files = dict[str, str]  # module -> its text


def write(root: Path, files: Files) -> Path:
    """Write an assignment `demo`; a module `pkg.deep` becomes pkg/deep.py, `pkg.__init__` pkg/__init__.py."""
    folder = root / "assignments" / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    for module, text in files.items():
        path = folder.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
    return folder


def digests_of(root: Path, files: Files) -> dict[str, str]:
    return check_digests(write(root, files))


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def changed_by(root: Path, files: Files, module: str, old: str, new: str) -> set[str]:
    """Return the checks whose digest an edit changes, names without `check_`."""
    assert files[module].count(old) == 1, f"{old!r} is not there once"
    ast.parse(dedent(files[module].replace(old, new)))
    before = digests_of(root, files)
    assert before, "no check has a digest"
    after = digests_of(root, {**files, module: files[module].replace(old, new)})
    return {name.removeprefix("check_") for name in differing(before, after)}


TWO = """
    from assignments.demo import oracles
    from assignments.demo.oracles import small, big as large

    def check_a(solution):
        assert solution.f(1) == oracles.one()

    def check_b(solution):
        assert solution.g(small()) == large()
    """
ORACLES = """
    LIMIT = 3
    NAMES = ["x", "y"]

    def one():
        return _half() * 2

    def _half():
        return 0.5

    def small():
        return LIMIT

    def big(n=LIMIT):
        return [name for name in NAMES for _ in range(n)]
    """
HELPERS = {"checks_public": TWO, "oracles": ORACLES}


@pytest.mark.parametrize(
    ("module", "old", "new", "changed"),
    [
        pytest.param("oracles", "0.5", "0.25", {"a"}, id="a helper's helper"),
        pytest.param("oracles", "return LIMIT", "return LIMIT + 1", {"b"}, id="a helper taken by name"),
        pytest.param("oracles", "LIMIT = 3", "LIMIT = 4", {"b"}, id="a constant"),
        pytest.param("oracles", '"y"', '"z"', {"b"}, id="a constant inside a comprehension"),
        pytest.param("oracles", "n=LIMIT", "n=2", {"b"}, id="a default value"),
        pytest.param("oracles", "def _half():", "def unused(): pass\n\n    def _half():", set(), id="a new helper"),
        pytest.param("oracles", "NAMES = [", "OTHER = 5\n    NAMES = [", set(), id="a new constant"),
        pytest.param("checks_public", "f(1)", "f(2)", {"a"}, id="the check itself"),
        pytest.param("checks_public", "big as large", "small as large", {"b"}, id="what is imported under a name"),
        pytest.param("checks_public", "import small,", "import one, small,", set(), id="a further import"),
        pytest.param("checks_public", "check_a", "check_c", {"a", "c"}, id="the name of a check"),
    ],
)
def test_an_edit_changes_the_checks_that_reach_it_and_no_other(tmp_path, module, old, new, changed):
    assert changed_by(tmp_path, HELPERS, module, old, new) == changed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("def one():", "def one():  # half of two\n\n"),
        ("return _half() * 2", "return (\n            _half()\n            * 2\n        )"),
        ('["x", "y"]', "[\n        'x',\n        'y',\n    ]"),
        ("LIMIT = 3", "# the limit\n    LIMIT = 0x3"),
    ],
)
def test_comments_and_layout_change_nothing(tmp_path, old, new):
    assert changed_by(tmp_path, HELPERS, "oracles", old, new) == set()


def test_the_order_of_imports_changes_nothing(tmp_path):
    one, two = "import math\n", "from assignments.demo import oracles\n"
    body = "def check_a(solution):\n    assert oracles.one() == math.pi\n"
    before = digests_of(tmp_path, {"checks_public": one + two + body, "oracles": ORACLES})
    assert digests_of(tmp_path, {"checks_public": two + one + body, "oracles": ORACLES}) == before


def test_the_docstring_of_a_check_matters_as_students_read_it(tmp_path):
    text = 'def check_a(solution):\n    """One is one."""\n\ndef check_b(solution):\n    """Two is two."""\n'
    assert changed_by(tmp_path, {"checks_public": text}, "checks_public", "One is one", "1 is 1") == {"a"}


RULES = {  # what is edited: the check file, the edit, the checks that change
    "a strategy built at module level": (
        """
        from hypothesis import given, strategies as st
        sizes = st.integers(1, 3)
        pairs = st.tuples(sizes, sizes)
        others = st.booleans().map(lambda flag: not flag)
        @given(size=sizes)
        def check_a(solution, size): ...
        @given(pair=pairs)
        def check_b(solution, pair): ...
        @given(other=others)
        def check_c(solution, other): ...
        """,
        ("integers(1, 3)", "integers(1, 4)"),
        {"a", "b"},
    ),
    "a strategy built of another one does not change that one": (
        """
        from hypothesis import given, strategies as st
        sizes = st.integers(1, 3)
        pairs = st.tuples(sizes, sizes)
        @given(size=sizes)
        def check_a(solution, size): ...
        @given(pair=pairs)
        def check_b(solution, pair): ...
        """,
        ("tuples(sizes, sizes)", "tuples(sizes)"),
        {"b"},
    ),
    "a composite strategy with a class": (
        """
        from dataclasses import dataclass
        from hypothesis import given, strategies as st
        BIG = {"most": 9}
        @dataclass(frozen=True)
        class Case:
            size: int
        @st.composite
        def cases(draw, *, most):
            rows = []
            rows.append(draw(st.integers(0, most)))
            return Case(size=rows[0])
        @given(case=cases(**BIG))
        def check_a(solution, case): ...
        @given(case=cases(most=1))
        def check_b(solution, case): ...
        def check_c(solution): return BIG
        """,
        ("cases(**BIG)", "cases(**BIG) | st.none()"),
        {"a"},
    ),
    "a decorator": (
        """
        import functools
        def twice(check):
            @functools.wraps(check)
            def run(solution):
                check(solution); check(solution)
            return run
        @twice
        def check_a(solution): ...
        def check_b(solution): ...
        """,
        ("check(solution); check(solution)", "check(solution)"),
        {"a"},
    ),
    "an argument of a decorator": (
        """
        import pytest
        from grader.checks.marking import question
        @question("a1")
        @pytest.mark.parametrize("n", [1, 2])
        def check_a(solution, n): ...
        @question("a1")
        @pytest.mark.parametrize("n", [1, 3])
        def check_b(solution, n): ...
        """,
        ("[1, 2]", "[1, 2, 4]"),
        {"a"},
    ),
    "a table that parameters are made of": (
        """
        import pytest
        TABLE = {"one": 1, "two": 2}
        @pytest.mark.parametrize("name", [pytest.param(key, id=key) for key, value in TABLE.items() if value])
        def check_a(solution, name): ...
        def check_b(solution): assert list(TABLE)
        def check_c(solution): ...
        """,
        ('"two": 2', '"two": 3'),
        {"a", "b"},
    ),
    "the decorators of one check do not concern another with the same table": (
        """
        import pytest
        TABLE = {"one": 1, "two": 2}
        @pytest.mark.parametrize("name", [pytest.param(key, id=key) for key in TABLE.items()])
        def check_a(solution, name): ...
        @pytest.mark.parametrize("name", sorted(TABLE))
        def check_b(solution, name): ...
        """,
        ("sorted(TABLE)", "list(TABLE)"),
        {"b"},
    ),
    "a name in a nested function, a lambda, an f-string or an annotation": (
        """
        from __future__ import annotations
        class Thing: size = 1
        def check_a(solution):
            def inner():
                return lambda: f"{Thing.size}"
            return inner()
        def check_b(solution, thing: Thing): ...
        def check_c(solution, *, thing: "Thing" = None): ...
        def check_d(solution): ...
        """,
        ("size = 1", "size = 2"),
        {"a", "b", "c"},
    ),
    "a base class, and what a method uses": (
        """
        def limit(): return 1
        class Base:
            def limit(self): return limit()
        class Derived(Base): ...
        thing = Derived()
        def check_a(solution): assert thing.limit()
        def check_b(solution): assert Base
        def check_c(solution): ...
        """,
        ("return 1", "return 2"),
        {"a", "b"},
    ),
    "a local name may count where it is the same as one of the module": (
        """
        size = 1
        def check_a(solution):
            size = 2
            return size
        def check_b(solution): ...
        """,
        ("size = 1", "size = 3"),
        {"a"},
    ),
    "a variable of a comprehension binds nothing": (
        """
        SQUARES = [n * n for n in range(3)]
        def check_a(solution): return SQUARES
        def check_b(solution): return [n for n in (1, 2)]
        """,
        ("range(3)", "range(4)"),
        {"a"},
    ),
    "a definition in a condition": (
        """
        import sys
        if sys.platform == "win32":
            def slash(): return "b"
        else:
            def slash(): return "/"
        def check_a(solution): return slash()
        def check_b(solution): ...
        """,
        ('"b"', '"c"'),
        {"a"},
    ),
    "an import in a try": (
        """
        try:
            import fast as oracle
        except ImportError as problem:
            oracle = None
        def check_a(solution): return oracle
        def check_b(solution): return problem
        def check_c(solution): ...
        """,
        ("import fast", "import faster"),
        {"a", "b"},
    ),
    "names bound by for, with, walrus, tuples and match": (
        """
        import contextlib
        for index, row in enumerate((1, 2)):
            last = row
        with contextlib.nullcontext(5) as five:
            six = five + 1
        (seven := 7) + 1
        match (1, 2, 9):
            case [one, *rest] if (two := one): three = rest
        def check_a(solution): return index
        def check_b(solution): return last
        def check_c(solution): return five
        def check_d(solution): return six
        def check_e(solution): return three
        def check_f(solution): return rest
        """,
        ("(1, 2, 9)", "(1, 2, 8)"),
        {"e", "f"},
    ),
    "a loop that binds": (
        """
        for index, row in enumerate((1, 2)):
            last = row
        def check_a(solution): return index
        def check_b(solution): return last
        def check_c(solution): ...
        """,
        ("(1, 2)", "(1, 3)"),
        {"a", "b"},
    ),
    "a later binding of the same name": (
        """
        sizes = (1, 2)
        sizes = (*sizes, 3)
        def check_a(solution): return sizes
        def check_b(solution): ...
        """,
        ("3)", "4)"),
        {"a"},
    ),
    "an augmented assignment": (
        """
        sizes = [1]
        others = [1]
        sizes += [4]
        def check_a(solution): return sizes
        def check_b(solution): return others
        """,
        ("[4]", "[5]"),
        {"a"},
    ),
    "an append": (
        """
        sizes = []
        others = []
        sizes.append(4)
        def check_a(solution): return sizes
        def check_b(solution): return others
        """,
        ("append(4)", "append(5)"),
        {"a"},
    ),
    "an item": (
        """
        table = {}
        others = {}
        table["x"] = 1
        def check_a(solution): return table
        def check_b(solution): return others
        """,
        ('["x"] = 1', '["x"] = 2'),
        {"a"},
    ),
    "a deletion": (
        """
        table = {"x": 1, "y": 2}
        others = {}
        del table["x"]
        def check_a(solution): return table
        def check_b(solution): return others
        """,
        ('del table["x"]', 'del table["y"]'),
        {"a"},
    ),
    "a change through another name": (
        """
        rows = [[1]]
        same = rows
        first = same[0].pop()
        def check_a(solution): return rows
        def check_b(solution): return same
        def check_c(solution): return first
        def check_d(solution): ...
        """,
        ("pop()", "pop(0)"),
        {"a", "b", "c"},
    ),
    "a registry filled by a decorator": (
        """
        CASES = {}
        def case(function):
            CASES[function.__name__] = function
            return function
        @case
        def small(): return helper()
        def helper(): return 1
        def check_a(solution): return [make() for make in CASES.values()]
        def check_b(solution): return small
        def check_c(solution): ...
        """,
        ("return 1", "return 2"),
        {"a", "b"},
    ),
    "a function that a decorator calls at once": (
        """
        rows = []
        def now(function): return function()
        @now
        def filled(): rows.append(1)
        def check_a(solution): return rows
        def check_b(solution): ...
        """,
        ("append(1)", "append(2)"),
        {"a"},
    ),
    "a local name for an object of the module": (
        """
        rows = []
        def fill():
            same = rows
            same.append(1)
        done = fill()
        def check_a(solution): return rows
        def check_b(solution): ...
        """,
        ("done = fill()", "done = (fill(), fill())"),
        {"a"},
    ),
    "what a function keeps for the function that it returns": (
        """
        def counter():
            seen = []
            return lambda: seen.append(1) or len(seen)
        number = counter()
        first = [count() for count in (number,)]
        second = [count() for count in (number,)]
        def check_a(solution): return second
        def check_b(solution): ...
        """,
        ("first = [count() for", "first = [count() + count() for"),
        {"a"},
    ),
    "a registry of subclasses": (
        """
        class Layer:
            known = []
            def __init_subclass__(cls): cls.known.append(cls)
        class Pool(Layer):
            side = 1
        def check_a(solution): return Layer.known
        def check_b(solution): ...
        """,
        ("side = 1", "side = 2"),
        {"a"},
    ),
    "a counter that a function keeps": (
        """
        count = 0
        def number():
            global count
            count += 1
            return count
        first = number()
        second = number()
        def check_a(solution): return first
        def check_b(solution): return count
        def check_c(solution): ...
        """,
        ("second = number()", "second = (number(), number())"),
        {"a", "b"},
    ),
    "an iterator that another statement reads": (
        """
        numbers = iter([1, 2, 3])
        first = list(zip(numbers, "ab"))
        def check_a(solution): return next(numbers)
        def check_b(solution): ...
        """,
        ('"ab"', '"a"'),
        {"a"},
    ),
    "what may fill an argument": (
        """
        import torch
        X = torch.zeros(3)
        Y = torch.mul(X, 2, out=X)
        def check_a(solution): return X
        def check_b(solution): ...
        """,
        ("mul(X, 2", "mul(X, 3"),
        {"a"},
    ),
    "a generator of random numbers concerns everything drawn from it": (
        """
        import numpy as np
        rng = np.random.default_rng(0)
        first = rng.integers(3)
        second = rng.integers(4)
        def check_a(solution): return first
        def check_b(solution): return second
        """,
        ("integers(3)", "integers(4, 5)"),
        {"a", "b"},
    ),
    "numbers drawn from the process's generator concern every check": (
        """
        import torch
        first = torch.rand(3)
        second = torch.rand(3)
        def check_a(solution): return second
        def check_b(solution): ...
        """,
        ("first = torch.rand(3)", "first = torch.rand(4)"),
        {"a", "b"},
    ),
    "a statement that binds nothing concerns every check": (
        """
        from hypothesis import settings
        settings.register_profile("ours", max_examples=10)
        def check_a(solution): ...
        def check_b(solution): ...
        """,
        ("=10", "=20"),
        {"a", "b"},
    ),
    "a condition with an effect": (
        """
        import random
        LIMIT = 3
        if LIMIT > 2:
            seed = 5
            random.seed(seed)
        def check_a(solution): ...
        """,
        ("seed = 5", "seed = 6"),
        {"a"},
    ),
    "a setting that is changed by an assignment": (
        """
        import os
        where = os.environ
        where["THREADS"] = "1"
        def check_a(solution): ...
        """,
        ('"1"', '"2"'),
        {"a"},
    ),
    "a fixture": (
        """
        import pytest
        @pytest.fixture
        def size(): return 3
        @pytest.fixture
        def picture(size): return [size]
        @pytest.fixture
        def unused(): return 0
        def check_a(solution, picture): ...
        @pytest.mark.usefixtures("size")
        def check_b(solution): ...
        def check_c(solution, request): request.getfixturevalue("size")
        def check_d(solution): ...
        """,
        ("return 3", "return 4"),
        {"a", "b", "c"},
    ),
    "a fixture that every check gets": (
        """
        import pytest
        @pytest.fixture(autouse=True)
        def seeded(): return 1
        def check_a(solution): ...
        """,
        ("return 1", "return 2"),
        {"a"},
    ),
    "what pytest calls by itself": (
        """
        import pytest
        def setup_function(): prepare(1)
        def prepare(n): ...
        def check_a(solution): ...
        """,
        ("prepare(1)", "prepare(2)"),
        {"a"},
    ),
    "marks of a whole file": (
        """
        import pytest
        pytestmark = pytest.mark.question("a1")
        other = pytest.mark.question("a2")
        def check_a(solution): ...
        """,
        ('"a1"', '"a3"'),
        {"a"},
    ),
    "names found in globals": (
        """
        oracle_of_a = 1
        def check_a(solution): return globals()["oracle_of_" + "a"]
        def check_b(solution): ...
        """,
        ("= 1", "= 2"),
        {"a"},
    ),
    "code that is evaluated": (
        """
        limit = 1
        def check_a(solution): return eval("lim" + "it")
        def check_b(solution): ...
        """,
        ("= 1", "= 2"),
        {"a"},
    ),
    "a check made by an assignment": (
        """
        def at_least(n):
            def check(solution): assert solution.f() >= n
            return check
        check_a = at_least(1)
        check_b = at_least(2)
        def check_c(solution): ...
        """,
        ("at_least(2)", "at_least(3)"),
        {"b"},
    ),
    "a library's name": (
        """
        import numpy as np
        import torch.nn.functional as F
        def check_a(solution): return np.ones(1)
        def check_b(solution): return F
        """,
        ("torch.nn.functional as F", "torch.nn as F"),
        {"b"},
    ),
}


@pytest.mark.parametrize("rule", list(RULES))
def test_within_one_file_this_is_known(tmp_path, rule):
    text, (old, new), changed = RULES[rule]
    assert changed_by(tmp_path, {"checks_hidden": text}, "checks_hidden", old, new) == changed


USES = {  # how check_a reaches `oracles.one`, and whether check_b with another function is spared by that
    "as an attribute": ("from assignments.demo import oracles\n", "oracles.one()"),
    "by its dotted name": ("import assignments.demo.oracles\n", "assignments.demo.oracles.one()"),
    "by an alias": ("import assignments.demo.oracles as o\n", "o.one()"),
    "by a relative import": ("from . import oracles\n", "oracles.one()"),
    "by a relative import of its name": ("from .oracles import one\n", "one()"),
    "by an import in the function": ("", "__import__"),
}


@pytest.mark.parametrize("way", list(USES))
def test_a_function_of_a_helper_module_is_known(tmp_path, way):
    head, use = USES[way]
    if use == "__import__":
        body = "def check_a(solution):\n    from assignments.demo.oracles import one\n    assert one()\n"
    else:
        body = f"def check_a(solution):\n    assert {use}\n"
    files = {"checks_public": f"{head}{body}def check_b(solution): ...\n", "oracles": ORACLES}
    assert changed_by(tmp_path, files, "oracles", "0.5", "0.25") == {"a"}
    assert changed_by(tmp_path, files, "oracles", "range(n)", "range(n + 1)") == set()


WHOLE = {
    "getattr": ("from assignments.demo import oracles\n", "getattr(oracles, solution.name)"),
    "passed on": ("from assignments.demo import oracles\n", "vars_of(oracles)"),
    "another name for it": ("from assignments.demo import oracles\nsame = oracles\n", "same.one()"),
    "its dictionary": ("from assignments.demo import oracles\n", "oracles.__dict__['o' + 'ne']"),
    "a star": ("from assignments.demo.oracles import *\n", "one()"),
    "import_module": ("import importlib\n", "importlib.import_module('assignments.demo.' + 'oracles').one()"),
    "import_module by another name": ("from importlib import import_module as load\n", "load(solution.name)"),
    "__import__": ("", "__import__('assignments.demo.' + 'oracles')"),
    "sys.modules": ("import sys\nfrom assignments.demo import oracles\n", "sys.modules[solution.name].one()"),
    "the package": ("from assignments import demo\nfrom assignments.demo import oracles\n", "f(demo)"),
}


@pytest.mark.parametrize("way", list(WHOLE))
def test_where_it_cannot_be_told_what_of_a_module_is_used_all_of_it_counts(tmp_path, way):
    head, use = WHOLE[way]
    text = f"{head}\ndef check_a(solution):\n    return {use}\n\ndef check_b(solution): ...\n"
    files = {"checks_public": text, "oracles": ORACLES}
    for old, new in (("0.5", "0.25"), ('"y"', '"z"'), ("LIMIT = 3", "LIMIT = 4")):
        assert changed_by(tmp_path, files, "oracles", old, new) == ({"a", "b"} if way == "a star" else {"a"})


def test_a_string_that_names_a_module_reaches_it(tmp_path):
    text = """
        pytest_plugins = ["assignments.demo.fixtures"]
        def check_a(solution, size): ...
        """
    files = {"checks_public": text, "fixtures": "import pytest\n@pytest.fixture\ndef size(): return 1\n"}
    assert changed_by(tmp_path, files, "fixtures", "return 1", "return 2") == {"a"}


def test_a_helper_that_the_public_and_the_hidden_checks_share_concerns_both(tmp_path):
    public = "from assignments.demo.oracles import one\ndef check_a(solution): one()\ndef check_b(solution): ...\n"
    hidden = "from assignments.demo import oracles\ndef check_c(solution): oracles.one()\ndef check_d(solution): ...\n"
    files = {"checks_public": public, "checks_hidden": hidden, "oracles": ORACLES}
    assert changed_by(tmp_path, files, "oracles", "0.5", "0.25") == {"a", "c"}


def test_helpers_of_one_name_in_both_files_are_told_apart(tmp_path):
    text = "def helper(): return {n}\ndef check_{name}(solution): helper()\n"
    files = {"checks_public": text.format(n=1, name="a"), "checks_hidden": text.format(n=2, name="b")}
    assert changed_by(tmp_path, files, "checks_public", "return 1", "return 3") == {"a"}
    assert changed_by(tmp_path, files, "checks_hidden", "return 2", "return 3") == {"b"}


def test_a_check_that_becomes_hidden_is_another_one(tmp_path):
    text = "def check_a(solution): ...\n"
    before = digests_of(tmp_path, {"checks_public": text})
    assert differing(before, digests_of(tmp_path, {"checks_hidden": text})) == {"check_a"}


EFFECTS = """
    import random
    random.seed(1)
    def unused(): ...
    def one(): ...
    """


def test_the_top_level_of_an_imported_module_concerns_every_check(tmp_path):
    """Both files are imported before the first check runs, so that it concerns the checks of the other file as well."""
    public = "from assignments.demo.first import one\ndef check_a(solution): one()\ndef check_b(solution): ...\n"
    first = "from assignments.demo.second import unused\ndef one(): ...\n"
    files = {"checks_public": public, "checks_hidden": "def check_c(solution): ...\n", "first": first, "second": EFFECTS}
    assert changed_by(tmp_path, files, "second", "seed(1)", "seed(2)") == {"a", "b", "c"}
    assert changed_by(tmp_path, files, "second", "def unused(): ...", "def unused(): return 1") == set()


def test_an_effect_in_a_module_that_nobody_imports_concerns_no_check(tmp_path):
    files = {"checks_public": "def check_a(solution): ...\n", "second": EFFECTS}
    assert changed_by(tmp_path, files, "second", "seed(1)", "seed(2)") == set()


def test_a_module_that_fills_another_ones_registry_concerns_those_who_read_it(tmp_path):
    files = {
        "checks_public": """
            from assignments.demo import filling
            from assignments.demo.registry import CASES
            def check_a(solution): return CASES
            def check_b(solution): ...
            """,
        "registry": "CASES = {}\ndef case(function):\n    CASES[function.__name__] = function\n    return function\n",
        "filling": "from assignments.demo.registry import *\n@case\ndef small(): return 1\n",
    }
    assert changed_by(tmp_path, files, "filling", "return 1", "return 2") == {"a"}


def test_packages_inside_an_assignment_are_followed(tmp_path):
    files = {
        "checks_public": """
            import assignments.demo.tools.deep
            from assignments.demo import tools
            from assignments.demo.tools import offered
            def check_a(solution): return tools.deep.one()
            def check_b(solution): return offered()
            def check_c(solution): return tools.two()
            def check_d(solution): return assignments.demo.tools.deep.Thing.size
            """,
        "tools.__init__": "from .deep import one as offered\nfrom . import deep\ndef two(): return 2\n",
        "tools.deep": "from ..oracles import small\ndef one(): return small()\nclass Thing: size = 1\n",
        "oracles": ORACLES,
    }
    assert changed_by(tmp_path, files, "oracles", "return LIMIT", "return -LIMIT") == {"a", "b"}
    assert changed_by(tmp_path, files, "tools.__init__", "return 2", "return 3") == {"c"}
    assert changed_by(tmp_path, files, "tools.deep", "size = 1", "size = 2") == {"d"}


def test_circles_of_imports_and_calls_end(tmp_path):
    files = {
        "checks_public": "from assignments.demo import left\ndef check_a(s): return left.even(3)\ndef check_b(s): ...\n",
        "left": "from assignments.demo import right\ndef even(n): return n == 0 or right.odd(n - 1)\n",
        "right": "from assignments.demo.left import even\ndef odd(n): return n != 0 and even(n - 1)\n",
        "lost": "from assignments.demo.lost import lost\n",
    }
    assert changed_by(tmp_path, files, "right", "n != 0", "n > 0") == {"a"}
    files["checks_public"] = "from assignments.demo.lost import lost\ndef check_a(solution): return lost.lost.lost\n"
    assert set(digests_of(tmp_path, files)) == {"check_a"}


def test_a_helper_of_another_assignment_counts_like_our_own(tmp_path):
    folder = write(tmp_path, {"checks_public": "from assignments.shared import laws\ndef check_a(solution): laws.one()\n"})
    other = tmp_path / "assignments" / "shared" / "laws.py"
    other.parent.mkdir()
    other.write_text("def one(): return 1\n")
    before = check_digests(folder)
    other.write_text("def one(): return 2\n")
    assert differing(before, check_digests(folder)) == {"check_a"}


def test_a_name_that_a_star_brings_is_followed_and_its_checks_are_known(tmp_path):
    files = {
        "checks_public": "from assignments.demo.shared import *\ndef check_b(solution): ...\n",
        "shared": "def check_a(solution): return 1\n",
    }
    assert changed_by(tmp_path, files, "shared", "return 1", "return 2") == {"a", "b"}  # all of it counts in that module


@pytest.mark.parametrize(("text", "line"), [("def one():\n    return (\n", 2), ("x = 1\ny = = 2\n", 2)])
@pytest.mark.parametrize("module", ["checks_public", "oracles"])
def test_a_file_that_is_no_python_is_named_with_its_line(tmp_path, module, text, line):
    folder = write(tmp_path, {**HELPERS, module: text})
    with pytest.raises(CheckError, match=rf"{module}\.py, line {line}, is no Python: .*; correct it"):
        check_digests(folder)


def test_a_file_with_null_bytes_is_no_python(tmp_path):
    folder = write(tmp_path, {"checks_public": "x = 1\n"})
    folder.joinpath("checks_public.py").write_bytes(b"x = '\0'\n")
    with pytest.raises(CheckError, match=r"checks_public\.py.* is no Python: .*null bytes"):
        check_digests(folder)


def test_an_assignment_without_check_files_has_no_digests(tmp_path):
    assert digests_of(tmp_path, {"oracles": ORACLES}) == {}


def test_a_definition_has_a_digest_of_all_that_it_reaches(tmp_path):
    stand_ins = "from assignments.demo import oracles\ndef f(): return oracles.one()\ndef g(): ...\nSTAND_INS = {'f': f}\n"
    folder = write(tmp_path, {"stand_ins": stand_ins, "oracles": ORACLES})
    before = definition_digest(folder, "stand_ins", "STAND_INS")
    assert re.fullmatch("sha256:[0-9a-f]{64}", before)
    for module, old, new, changes in (
        ("oracles", "0.5", "0.25", True),
        ("oracles", "range(n)", "range(1)", False),
        ("stand_ins", "def g(): ...", "def g(): return 1", False),
        ("stand_ins", "'f': f}", "'f': f, 'g': g}", True),
    ):
        files = {"stand_ins": stand_ins, "oracles": ORACLES}
        write(tmp_path, {**files, module: files[module].replace(old, new)})
        assert (definition_digest(folder, "stand_ins", "STAND_INS") != before) == changes, new


def test_a_definition_of_a_file_that_is_not_there_has_none(tmp_path):
    assert definition_digest(write(tmp_path, HELPERS), "stand_ins", "STAND_INS") == ""


# The real assignment


def real_files() -> Files:
    return {path.stem: path.read_text(encoding="utf-8") for path in CONV_NETS.glob("*.py")}


def test_every_check_of_conv_nets_has_a_digest_of_its_own():
    text = "".join(CONV_NETS.joinpath(name).read_text() for name in check_files(CONV_NETS))
    digests = check_digests(CONV_NETS)
    assert set(digests) == set(re.findall(r"^def (check_\w+)", text, re.MULTILINE))
    assert len(set(digests.values())) == len(digests) > 70


def checks_that_write(*words: str) -> set[str]:
    """Return the checks in whose text one of some words stands: what somebody with a text editor would find."""
    found = set()
    for name in check_files(CONV_NETS):
        pieces = re.split(r"\n\n\n", CONV_NETS.joinpath(name).read_text(encoding="utf-8"))
        for piece in pieces:
            check = re.search(r"^def (check_\w+)", piece, re.MULTILINE)
            if check and any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", piece) for word in words):
                found.add(check[1])
    return found


@pytest.mark.parametrize(
    ("module", "definition", "words"),
    [
        ("oracles", "avg_pool_gradient", ["oracles.avg_pool_gradient"]),
        ("oracles", "max_pool_gradient", ["oracles.max_pool_gradient", "assert_routed"]),
        ("oracles", "_layer", ["oracles.table"]),
        ("oracles", "conv2d", ["oracles.conv2d", "oracles.conv2d_gradients"]),
        ("oracles", "_device_for_shapes", ["oracles.conv_shape", "oracles.pool_shape", "oracles.table"]),
        ("oracles", "laplacian", ["oracles.laplacian"]),
        ("cases", "poolings", ["poolings"]),
        ("cases", "convolutions", ["@given(case=convolutions", "dilated_convolutions"]),
        ("judging", "_is_row", ["assert_rows"]),
        ("judging", "assert_inner_product", ["assert_inner_product"]),
    ],
)
def test_an_edit_in_conv_nets_changes_exactly_the_checks_that_use_it(tmp_path, module, definition, words):
    files = real_files()
    node = next(node for node in ast.parse(files[module]).body if getattr(node, "name", "") == definition)
    lines = files[module].splitlines(keepends=True)
    last = node.body[-1]
    lines.insert(last.lineno - 1, " " * last.col_offset + "print('edited')\n")
    before = copied(tmp_path, files)
    after = copied(tmp_path, {**files, module: "".join(lines)})
    assert differing(before, after) == checks_that_write(*words) != set()


def copied(root: Path, files: Files) -> dict[str, str]:
    folder = root / "assignments" / "conv_nets"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        folder.joinpath(f"{name}.py").write_text(text, encoding="utf-8")
    shutil.copy(CONV_NETS.parent / "training_fixtures.py", folder.parent)
    return check_digests(folder)


def test_a_copy_elsewhere_has_the_same_digests(tmp_path):
    assert copied(tmp_path, real_files()) == check_digests(CONV_NETS)


def test_an_edit_to_one_check_of_conv_nets_changes_that_check_alone(tmp_path):
    files = real_files()
    before = copied(tmp_path, files)
    for name in sorted(before)[::12]:
        modules = (Path(file).stem for file in check_files(CONV_NETS))
        module = next(module for module in modules if f"def {name}(" in files[module])
        head, body = files[module].split(f"def {name}(")
        edited = head + f"def {name}(" + body.replace('    """', '    """So: ', 1)
        assert differing(before, copied(tmp_path, {**files, module: edited})) == {name}


def test_digests_are_the_same_in_every_process_and_need_no_torch():
    code = (
        "import sys; from pathlib import Path; from grader.checks.digesting import check_digests;"
        "print(sorted(check_digests(Path(sys.argv[1])).items()));"
        "print({'torch', 'pytest', 'hypothesis', 'numpy'} & set(sys.modules))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, str(CONV_NETS)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert outputs == {f"{sorted(check_digests(CONV_NETS).items())}\nset()\n"}


def test_conv_nets_takes_seconds_at_most():
    times = []
    for _ in range(3):
        start = time.process_time()
        check_digests(CONV_NETS)
        times.append(time.process_time() - start)
    assert min(times) < 3  # it grows with the code, not with its square


# Any program


@st.composite
def call_graphs(draw: st.DrawFn) -> tuple[list[str], list[set[int]], int]:
    """Return the module of each function, the functions that it calls, and the one that is edited."""
    count = draw(st.integers(2, 8))
    modules = draw(st.lists(st.sampled_from(["checks_public", "left", "right"]), min_size=count, max_size=count))
    edges = [draw(st.sets(st.integers(0, count - 1), max_size=3)) for _ in range(count)]
    return modules, edges, draw(st.integers(0, count - 1))


def written(modules: list[str], edges: list[set[int]], edited: int | None) -> Files:
    texts = {name: [f"from assignments.demo import {other}" for other in ("left", "right")] for name in ("left", "right")}
    texts["checks_public"] = [*texts["left"], *(f"from assignments.demo.{m} import {f}" for m, f in direct(modules, edges))]
    for index, (module, called) in enumerate(zip(modules, edges, strict=True)):
        value = 1 if index == edited else 0
        calls = "".join(f" + {name_in(modules, module, other)}()" for other in sorted(called))
        texts[module].append(f"def f{index}(): return {value}{calls}")
        name = f"f{index}" if module == "checks_public" else f"{module}.f{index}"
        texts["checks_public"].append(f"def check_{index}(solution): {name}()")
    return {name: "\n".join(lines) + "\n" for name, lines in texts.items()}


def direct(modules: list[str], edges: list[set[int]]) -> Iterator[tuple[str, str]]:
    """Yield the functions of helper modules that the check file takes by name: those that its functions call."""
    wanted = {other for module, called in zip(modules, edges, strict=True) if module == "checks_public" for other in called}
    yield from ((modules[index], f"f{index}") for index in sorted(wanted) if modules[index] != "checks_public")


def name_in(modules: list[str], module: str, other: int) -> str:
    if module in (modules[other], "checks_public"):
        return f"f{other}"
    if modules[other] == "checks_public":
        return "abs"  # a helper module calls no function of a check file
    return f"{modules[other]}.f{other}"


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graph=call_graphs())
def test_an_edit_changes_exactly_the_checks_from_which_the_function_is_reached(graph):
    modules, edges, edited = graph
    real = [
        {other for other in called if module == "checks_public" or modules[other] != "checks_public"}
        for module, called in zip(modules, edges, strict=True)
    ]
    reaching, todo = {edited}, [edited]
    while todo:
        target = todo.pop()
        new = {index for index, called in enumerate(real) if target in called} - reaching
        reaching |= new
        todo += new
    with TemporaryDirectory() as root:
        before = digests_of(Path(root), written(modules, edges, None))
        after = digests_of(Path(root), written(modules, edges, edited))
    assert differing(before, after) == {f"check_{index}" for index in reaching}


STATEMENTS = [
    "{a} = {n}",
    "{a} = [{n}]",
    "{a} = [{n}, [{n}]]",
    "{a} = {b}",
    "{a} = [{b}]",
    "{a}, {b} = {b}, {a}",
    "{a} = {f}()",
    "{a} = {f}({b})",
    "{a} = [{f}]",
    "{a} += [{n}]",
    "{a}.append({n})",
    "{a}.append({b})",
    "{a}[0] = {n}",
    "{a}[-1].append({n})",
    "{b} = {a}.pop()",
    "del {a}[0]",
    "del {a}",
    "{a} = iter([{n}, {n}, 5])",
    "{a} = next({b}, {n})",
    "{a} = list(zip({b}, [{n}]))",
    "{a} = [v for v in {b}]",
    "for v in [{n}, 2]: {a}.append(v)",
    "if {n} > 1: {a} = {b}",
    "try: {a} = {b}[0]\nexcept TypeError: {a} = {n}",
    "{a} = [({b} := {n})]",
    "{a} = map({b}.append, [{n}])",
    "{a} = sorted([1], key={b}.append)",
    "{a} = (lambda: {b})",
    "def {f}(v=None): return {a}",
    "def {f}(v={a}): return v",
    "def {f}(v=None): return {n}",
    "def {f}(v=None): {a}.append({n}); return v",
    "def {f}(v=None): {a}.append(v); return v",
    "def {f}(v=None): v.append({n}); return v",
    "def {f}(v=None):\n    global {a}\n    {a} = {n}\n    return v",
    "def {f}(v=None): return {g}(v)",
    "def {f}(v=None): return [w() for w in {a}]",
    "def {f}(v=None):\n    rows = []\n    rows.append({a})\n    return rows",
    "def {f}(v=None):\n    rows = {a}\n    rows.append({n})\n    return rows",
    "def {f}(v=None):\n    rows = [{n}]\n    return lambda: rows.append(1) or len(rows)",
    "@{f}\ndef {g}(v=None): return {n}",
    "@{f}\ndef {g}(v=None): {a}.append({n})",
    "class K:\n    rows = [{n}]\n    def put(self, v={n}): self.rows.append(v); return self.rows",
    "class K:\n    rows = []\n    def __init_subclass__(cls): cls.rows.append(cls.n)",
    "class L(K): n = {n}",
    "{a} = K()",
    "{a} = K.rows",
    "{a} = {b}.put({n})",
    "{a}.put({n})",
    "{a}.n = {n}",
    "{a} = {b}()",
]
FROM_ORACLES = [
    "from assignments.demo.oracles import *",
    "from assignments.demo.oracles import {a}",
    "from assignments.demo.oracles import {f}",
    "from assignments.demo import oracles",
    "import assignments.demo.oracles as oracles",
    "{a} = oracles.{b}",
    "{a} = oracles.{f}({b})",
    "oracles.{a}.append({n})",
    "oracles.{a} = {n}",
    "{a} = getattr(oracles, {b!r})",
    "@oracles.{f}\ndef {g}(v=None): return {n}",
    "def {f}(v=None): return oracles.{g}(v)",
]
CHECKS = ["return {a}", "return {f}()", "return [{a}, {b}]", "return oracles.{a}", "return oracles.{f}()", "return K.rows"]


def lines_of(templates: list[str]) -> st.SearchStrategy[str]:
    """Return statements that are made of templates."""
    data, functions = st.sampled_from("xyz"), st.sampled_from("fgh")
    return st.builds(
        lambda template, **names: template.format(**names),
        st.sampled_from(templates),
        a=data,
        b=data,
        f=functions,
        g=functions,
        n=st.integers(1, 4),
    )


@st.composite
def programs(draw: st.DrawFn) -> tuple[Files, Files]:
    """Return an assignment that can be imported, and another version of it that differs in one statement."""
    lines: dict[str, list[str]] = {"oracles": [], "checks_public": []}
    for module, templates in (("oracles", STATEMENTS), ("checks_public", STATEMENTS + 3 * FROM_ORACLES)):
        for line in draw(st.lists(lines_of(templates), min_size=6, max_size=16)):
            if outcomes(joined({**lines, module: [*lines[module], line]})) is not None:
                lines[module].append(line)
    for index, body in enumerate(draw(st.lists(lines_of(CHECKS), min_size=3, max_size=3))):
        lines["checks_public"].append(f"def check_{index}(): {body}")
    module = draw(st.sampled_from([name for name in lines if lines[name]]))
    at = draw(st.integers(0, len(lines[module]) - 1))
    new = draw(st.lists(lines_of(STATEMENTS + (FROM_ORACLES if module != "oracles" else [])), max_size=1))
    edited = [*lines[module][:at], *new, *lines[module][at + draw(st.integers(0, 1)) :]]
    return joined(lines), joined({**lines, module: edited})


def joined(lines: dict[str, list[str]]) -> Files:
    start = ["x = 0", "y = []", "z = [[]]", *(f"def {name}(v=None): return v" for name in "fgh")]
    starts = {"oracles": start, "checks_public": ["from assignments.demo import oracles", *start]}
    return {module: "\n".join([*starts[module], *part]) + "\n" for module, part in lines.items()}


def outcomes(files: Files) -> dict[str, str] | None:
    """Run each check after an import of its own; None for an assignment that cannot be imported."""
    names = re.findall(r"^def (check_\d)", files["checks_public"], re.MULTILINE)
    try:
        modules = imported(files)
        return {name: outcome(name, imported(files)) for name in names} if modules else None
    except Exception:  # noqa: BLE001  # whatever a program of random statements raises
        return None


def imported(files: Files) -> dict[str, ModuleType]:
    modules = {name: ModuleType(name) for name in ("assignments", "assignments.demo", "assignments.demo.oracles", "checks")}
    modules["assignments"].demo = modules["assignments.demo"]
    modules["assignments.demo"].oracles = modules["assignments.demo.oracles"]
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    try:
        exec(files["oracles"], vars(modules["assignments.demo.oracles"]))
        exec(files["checks_public"], vars(modules["checks"]))
    finally:
        for name, module in before.items():
            sys.modules.pop(name) if module is None else sys.modules.update({name: module})
    return modules


def outcome(name: str, modules: dict[str, ModuleType]) -> str:
    try:
        return shown(getattr(modules["checks"], name)())
    except Exception as error:  # noqa: BLE001  # the same
        return f"{type(error).__name__}: {error}"


def shown(value: object, depth: int = 4) -> str:
    """Return a value as text, without addresses."""
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({', '.join(shown(item, depth - 1) for item in value) if depth else '...'})"
    if isinstance(value, FunctionType):
        return f"function {value.__name__}"
    return (
        str(value)
        if isinstance(value, int | str)
        else f"{type(value).__name__} {vars(value) if hasattr(value, '__dict__') else ''}"
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(versions=programs())
def test_where_a_check_comes_to_another_result_its_digest_is_another(versions):
    old, new = (outcomes(files) for files in versions)
    if old is None or new is None:
        return
    with TemporaryDirectory() as root:
        before, after = (digests_of(Path(root), files) for files in versions)
    assert {name for name in old.keys() & new.keys() if old[name] != new[name]} <= differing(before, after)
