"""Which of several files is the one to grade."""

from __future__ import annotations

import pytest

from grader.intake.implementing import find_names, without_magics

FULL = b"def conv2d(x, w):\n    return x\n\ndef sgd_step(w, dw, lr):\n    return w\n"
HALF = b"def conv2d(x, w):\n    return x\n"
STUB = b"def conv2d(x, w):\n    'To do.'\n    raise NotImplementedError('conv2d')\n"


@pytest.fixture
def chosen(tmp_path, opened, write_folder):
    """Hand in these files as a folder; return the main file's name and the repairs."""

    def choose(files):
        submission = opened(write_folder(tmp_path / "ada", files))
        return submission.main, submission.repairs

    return choose


@pytest.fixture
def undecided(tmp_path, refusal, write_folder):
    return lambda files: refusal(write_folder(tmp_path / "ada", files))


def test_a_file_of_another_name_is_graded_when_it_is_the_only_one(chosen):
    assert chosen({"homework.py": STUB, "notes.txt": b""}) == ("homework.py", ())


def test_the_file_with_the_right_name_is_graded_and_others_are_helpers(chosen):
    assert chosen({"conv_nets.py": HALF, "helper.py": b"x = 1"}) == ("conv_nets.py", ())


def test_upper_case_in_names_does_not_matter(chosen):
    assert chosen({"Conv_Nets.PY": HALF, "helper.py": HALF})[0] == "Conv_Nets.PY"


def test_of_both_template_files_the_filled_module_is_graded(chosen, notebook):
    assert chosen({"conv_nets.py": HALF, "conv_nets.ipynb": notebook("import torch", STUB.decode())}) == (
        "conv_nets.py",
        ("conv_nets.py was graded: it implements 1 of the 3 names asked for (conv_nets.ipynb: 0).",),
    )


def test_of_both_template_files_the_filled_notebook_is_graded(chosen, notebook):
    assert chosen({"conv_nets.py": STUB, "conv_nets.ipynb": notebook("%matplotlib inline", HALF.decode())}) == (
        "conv_nets.ipynb",
        ("conv_nets.ipynb was graded: it implements 1 of the 3 names asked for (conv_nets.py: 0).",),
    )


def test_of_two_untouched_template_files_the_notebook_is_graded(chosen, notebook):
    main, repairs = chosen({"conv_nets.py": STUB, "conv_nets.ipynb": notebook(STUB.decode())})
    assert main == "conv_nets.ipynb"
    assert "and a notebook goes before a module" in repairs[0]


def test_a_template_that_was_left_untouched_gives_way_to_the_file_with_the_work(chosen):
    main, repairs = chosen({"conv_nets.py": STUB, "my_work.py": FULL})
    assert main == "my_work.py"
    assert repairs == ("my_work.py was graded: it implements 2 of the 3 names asked for (conv_nets.py: 0).",)


def test_a_begun_file_with_the_right_name_is_graded_and_a_fuller_one_is_named(chosen):
    main, repairs = chosen({"conv_nets.py": HALF, "other.py": FULL})
    assert main == "conv_nets.py"
    assert "though it implements only 1 of the 3 names asked for (other.py: 2)" in repairs[0]


def test_a_file_that_imports_everything_from_a_helper_is_the_main_file(chosen, notebook):
    assert chosen({"conv_nets.py": b"from helper import *\n", "helper.py": FULL}) == ("conv_nets.py", ())
    assert chosen({"conv_nets.ipynb": notebook("%run helper.py"), "helper.py": FULL})[0] == "conv_nets.ipynb"


def test_the_file_nearest_to_the_top_wins_a_tie(chosen):
    main, repairs = chosen({"a/conv_nets.py": HALF, "a/old/conv_nets.py": HALF + b"# old"})
    assert main == "conv_nets.py"
    assert "nearer to the top" in repairs[0]


def test_a_deeper_file_with_the_right_name_wins_when_it_implements_more(chosen):
    _, repairs = chosen({"conv_nets.py": STUB, "mine/conv_nets.py": HALF})
    assert "mine/conv_nets.py was graded" in repairs[0]


def test_a_module_that_defines_goes_before_one_that_imports(chosen):
    main, repairs = chosen({"answer.py": HALF, "try_it.py": b"from answer import conv2d\n"})
    assert main == "answer.py"
    assert "defines more of them itself" in repairs[0]


def test_equal_files_without_the_right_name_are_not_chosen_between(undecided):
    message = undecided({"one.py": HALF, "two.py": HALF + b"x = 1"})
    assert "(one.py, two.py)" in message
    assert "implements 1 of the names" in message
    assert "called conv_nets.ipynb or conv_nets.py" in message


def test_files_that_implement_nothing_are_not_chosen_between(undecided):
    assert "implements 0 of the names" in undecided({"one.py": STUB, "two.py": b""})


def test_two_different_files_with_the_right_name_at_one_depth_are_not_chosen_between(undecided):
    assert "a/conv_nets.py, b/conv_nets.py" in undecided({"a/conv_nets.py": HALF, "b/conv_nets.py": HALF + b"x = 1"})


def test_two_copies_of_one_file_are_as_good_as_one(chosen):
    assert "same content" in chosen({"a/conv_nets.py": HALF, "b/conv_nets.py": HALF})[1][0]


def test_a_broken_notebook_beside_an_untouched_module_is_refused_and_not_passed_over(undecided):
    assert "damaged" in undecided({"conv_nets.ipynb": b'{"cells": [', "conv_nets.py": STUB})
    assert "damaged" in undecided({"conv_nets.ipynb": b'{"cells": [', "conv_nets.py": STUB, "helper.py": FULL})


def test_a_broken_notebook_beside_a_filled_module_gives_way(chosen):
    assert chosen({"conv_nets.ipynb": b'{"cells": [', "conv_nets.py": HALF})[0] == "conv_nets.py"


NAMES = frozenset({"conv2d", "Net"})


@pytest.mark.parametrize(
    "source",
    [
        "def conv2d(x): return x",
        "async def conv2d(x): return x",
        "def conv2d(x):\n    y = x\n    raise NotImplementedError",
        "conv2d = lambda x: x",
        "conv2d: object = print",
        "a, (conv2d, *b) = 1, (2, 3)",
        "a = conv2d = 3",
        "from m import conv2d",
        "from m import y as conv2d",
        "import m as conv2d",
        "import conv2d.sub",
        "if True:\n    def conv2d(x): return x",
        "try:\n    from m import conv2d\nexcept ImportError:\n    pass",
        "try:\n    pass\nexcept ImportError:\n    conv2d = 1",
        "match 3:\n    case 3:\n        conv2d = 1",
        "class Net:\n    def forward(self, x): return x",
        "class Net(Base):\n    size = 3",
        "def conv2d(x):\n    return (",
        "x = (\nclass Net(Base):\n",
        "'\\d'\ndef conv2d(x): return x",
    ],
)
def test_a_name_is_implemented_by_definition_assignment_or_import(source):
    assert len(find_names([source], NAMES).names) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def conv2d(x):\n    'To do.'",
        "def conv2d(x): pass",
        "def conv2d(x): ...",
        "def conv2d(x): raise NotImplementedError",
        "def conv2d(x):\n    '''To do.'''\n    # your code\n    raise NotImplementedError('conv2d')",
        "class Net: pass",
        "class Net(Base):\n    def f(self):\n        super().__init__()\n        raise NotImplementedError",
        "conv2d(3)",
        "x.conv2d = 3",
        "conv2d: object",
        "print(conv2d)",
        "def other():\n    def conv2d(x): return x\n    conv2d = 3",
        "class Other:\n    def conv2d(self): return 1",
        "# def conv2d(x): return x",
        "'''\nx = 1\n'''",
        "from m import *",
        "\0",
    ],
)
def test_a_stub_or_a_mention_implements_nothing(source):
    assert find_names([source], NAMES).names == frozenset()


@pytest.mark.parametrize("source", ["-" * 10**5 + "1", "x" + ".a" * 10**5, "(" * 10**5, "1" + "+1" * 10**5])
def test_deep_nesting_is_searched_as_text(source):
    assert find_names([f"def conv2d(x): return x\n{source}"], NAMES).names == {"conv2d"}


def test_very_long_sources_are_searched_as_text():
    assert find_names(["def conv2d(x): pass"], NAMES, is_parsed=False).names == {"conv2d"}


def test_commands_for_ipython_leave_python_behind():
    source = "%load_ext x\nif a:\n    !ls\nb = 5 % 3\n%run -i ./lib/part_a.py"
    assert without_magics(source) == "pass\nif a:\n    pass\nb = 5 % 3\nfrom lib.part_a import *"
