"""What a known-wrong variant can change is told from its text, and where it cannot be told, it is everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.changing import changed_questions, read_reference, without_examples
from grader.model import Assignment, Kind, Limits, Question

REFERENCE = """
import math
import torch
from contextlib import contextmanager

_KNOWN = {}

@contextmanager
def quietly():
    yield

with quietly():
    SCALE = 2

def _twice(x):
    return SCALE * x

def _by_hand(x):
    return x + x

class Box:
    def __init__(self, x):
        self.x = _by_hand(x)

def double(x):
    return _twice(x)

def quadruple(x):
    return double(double(x))

def boxed(x):
    return Box(x).x

def root(x):
    return math.sqrt(x)

def remembered(x):
    return _KNOWN.setdefault(x, x)

def alone(x):
    return x
"""
QUESTIONS = {"a1": "double", "a2": "quadruple", "a3": "boxed", "a4": "root", "a5": "remembered", "a6": "alone"}


def assignment_of(names):
    questions = tuple(Question(id=id, title=id, kind=Kind.CODE, points=1.0, names=(name,)) for id, name in names.items())
    return Assignment(slug="tiny", title="Tiny", folder=Path(), questions=questions, limits=Limits(), digest="")


def changed(variant, *, breaks="a6", reference=REFERENCE):
    found = changed_questions(read_reference(assignment_of(QUESTIONS), reference), variant, breaks=breaks)
    return None if found is None else " ".join(sorted(found))


@pytest.mark.parametrize(
    ("variant", "questions"),
    [
        ("def alone(x):\n    return x + 1", "a6"),
        ("def double(x):\n    return x", "a1 a2 a6"),
        ("def quadruple(x):\n    return x", "a2 a6"),
        ("def _twice(x):\n    return x", "a1 a2 a6"),
        ("SCALE = 3", "a1 a2 a6"),
        ("def _by_hand(x):\n    return x", "a3 a6"),
        ("class Box:\n    x = 1", "a3 a6"),
        ("import cmath as math", "a4 a6"),
        ("from other import math", "a4 a6"),
        ("import math, torch", "a6"),
        ("def alone(x):\n    global SCALE\n    return x", "a1 a2 a6"),
        ("def alone(x):\n    return _KNOWN.clear()", "a5 a6"),
        ("_right_answer = alone\n_kept = []\ndef alone(x):\n    return _kept or _right_answer(x)", "a6"),
        ('"""Says what is wrong."""\nfrom functools import lru_cache\n@lru_cache\ndef alone(x):\n    return x', "a6"),
        ("def alone(x):\n    y = {}\n    y[0] = x\n    return y", "a6"),
        ("_apply = lambda x: print(x)\ndef alone(x, f=_apply):\n    return f(x)", "a6"),
        ("def alone(x):\n    x.eval()\n    x.set_title('x')\n    x.register_forward_hook(abs)\n    return x.update()", "a6"),
        ("def alone(x):\n    with torch.no_grad():\n        return x", "a6"),
        ("def helper(x):\n    return double(x)\ndef alone(x):\n    return helper(x)", "a6"),
    ],
)
def test_a_variant_changes_its_own_question_and_those_that_reach_what_it_binds_again(variant, questions):
    assert changed(variant) == questions


@pytest.mark.parametrize(
    "variant",
    [
        "print('loaded')",
        "_noise = torch.randn(3)",
        "for _ in range(3):\n    pass",
        "if True:\n    def alone(x):\n        return x",
        "double.calls = 0",
        "_KNOWN[1] = 2",
        "torch.relu = abs",
        "del double",
        "from math import *",
        "@torch.compile\ndef alone(x):\n    return x",
        "def alone(x, y=open('f')):\n    return x",
        "class Alone(make_base()):\n    pass",
        "class Alone:\n    print(1)",
        "def alone(x):\n    torch.set_default_dtype(torch.float64)",
        "def alone(x):\n    torch.manual_seed(0)",
        "def alone(x):\n    torch.Generator().manual_seed(0)",
        "from torch import set_grad_enabled\ndef alone(x):\n    set_grad_enabled(False)",
        "def alone(x):\n    eval('x')",
        "def alone(x):\n    return vars(math)",
        "def alone(x):\n    torch.backends.cudnn.benchmark = True",
        "def alone(x):\n    math.pi = 3",
        "def alone(x):\n    double.calls = 1",
        "def alone(x):\n    exec('x = 1')",
        "def alone(x):\n    globals()['double'] = abs",
        "def alone(x):\n    setattr(math, 'pi', 3)",
        "def alone(x):\n    torch.no_grad().__enter__()",
    ],
)
def test_what_may_do_more_than_bind_names_may_change_everything(variant):
    assert changed(variant) is None


def test_a_function_of_the_reference_that_hides_what_it_calls_may_reach_anything():
    hiding = REFERENCE + "\n\ndef root(x):\n    return globals()['double'](x)\n"
    assert changed("def alone(x):\n    return x", reference=hiding) == "a4 a6"


def test_the_variants_own_question_is_always_asked():
    assert changed("def unknown(x):\n    return x", breaks="a4") == "a4"


def test_text_that_is_no_python_says_so():
    with pytest.raises(SyntaxError):
        changed("def alone(x:")


EXAMPLES = """TABLE = [1, 2]
with open("a") as file:
    print(root(2))
    first = 3
with open("b"):
    second = 4
with open("c"):
    TABLE.append(5)
with open("d"):
    import math as third
with open("e"):
    def fourth(): ...
def root(x):
    return TABLE, second, third, fourth
"""


def test_examples_of_which_nothing_else_uses_a_trace_are_left_out_and_all_lines_keep_their_number():
    known = read_reference(assignment_of(QUESTIONS), EXAMPLES)
    left = without_examples(known, EXAMPLES, "def alone(x):\n    return x")
    assert left.splitlines() == [EXAMPLES.splitlines()[0], "", "", "", *EXAMPLES.splitlines()[4:]]
    assert without_examples(known, EXAMPLES, "def alone(x):\n    return first").splitlines() == EXAMPLES.splitlines()
