"""assignment.toml -> Assignment: the real one reads, a wrong one says where it is wrong, and the digest follows the files."""

from __future__ import annotations

import os
import shutil

import pytest

from grader.errors import SpecError
from grader.model import Kind, Limits
from grader.specs import SPECIFICATION, list_assignments, provided_sources, read_assignment

GOOD = """
title = "Tiny"

[limits]
call_s = 2

[[part]]
id = "A"
title = "Sums"

[[question]]
id = "a1"
part = "A"
title = "Add"
points = 2
names = ["add"]
signature = "add(x, y) -> int"

[[question]]
id = "a2"
title = "Add again"
points = 0.5
kind = "figure"
needs = ["a1"]

[[forbidden]]
rule = "No sum."
questions = ["a1"]
methods = ["sum"]
"""


@pytest.fixture
def folder(tmp_path):
    """A small assignment that is right."""
    made = tmp_path / "tiny"
    made.mkdir()
    (made / SPECIFICATION).write_text(GOOD)
    (made / "checks_public.py").write_text("# public\n")
    (made / "provided.py").write_text("# provided\n")
    return made


def read(folder):
    return read_assignment(folder.parent, folder.name)


def test_the_real_assignment_is_what_the_contract_says(conv_nets):
    assert conv_nets.title == "Convolutional Networks"
    assert sum(question.points for question in conv_nets.questions if question.kind is not Kind.WRITTEN) == 100
    assert sum(question.points for question in conv_nets.questions if question.kind is Kind.WRITTEN) == 30
    assert [question.id for question in conv_nets.questions][:6] == ["a1", "a2", "a3", "a4", "a5", "b1"]
    assert conv_nets.question("b6").names == ("max_pool_backward",)
    assert conv_nets.question("b6").part == "B. Gradients of convolution and pooling"
    assert conv_nets.forbidden[0].questions == tuple(f"b{number}" for number in range(1, 10))
    assert conv_nets.limits.memory_bytes == 4096 * 2**20
    assert len(set(conv_nets.names)) == len(conv_nets.names) == 34


def test_an_assignment_is_read_as_it_stands_in_its_file(folder):
    got = read(folder)
    assert (got.slug, got.title, got.folder) == ("tiny", "Tiny", folder.resolve())
    first, second = got.questions
    assert (first.id, first.title, first.kind, first.points) == ("a1", "Add", Kind.CODE, 2.0)
    assert (first.part, first.names, first.signature) == ("A. Sums", ("add",), "add(x, y) -> int")
    assert (second.kind, second.points, second.needs, second.part, second.names) == (Kind.FIGURE, 0.5, ("a1",), "", ())
    (rule,) = got.forbidden
    assert (rule.rule, rule.questions, rule.methods, rule.modules) == ("No sum.", ("a1",), ("sum",), ())
    assert got.names == ("add",)
    with pytest.raises(KeyError):
        got.question("a3")


def test_an_assignment_without_a_title_is_called_as_its_folder(folder):
    (folder / SPECIFICATION).write_text(GOOD.replace('title = "Tiny"', "", 1))
    assert read(folder).title == "tiny"


def test_what_is_left_out_of_the_limits_is_as_usual(folder):
    assert read(folder).limits == Limits(call_s=2.0)
    (folder / SPECIFICATION).write_text(GOOD.replace("[limits]\ncall_s = 2", ""))
    assert read(folder).limits == Limits()


def test_limits_are_given_in_seconds_mebibytes_and_kibibytes(folder):
    seconds = {"load_s": 1.5, "call_s": 2, "question_s": 2.5, "total_s": 3, "cpu_s": 20}
    sizes = {"memory_mib": 4, "answer_mib": 0.5, "disk_mib": 5, "file_mib": 6, "output_kib": 7}
    counts = {"processes": 10, "open_files": 11, "files": 12, "losses": 8, "losses_per_question": 9}
    limits = {**seconds, **sizes, **counts}
    lines = "\n".join(f"{key} = {value}" for key, value in limits.items())
    (folder / SPECIFICATION).write_text(GOOD.replace("call_s = 2", lines))
    got = read(folder).limits
    assert got == Limits(
        load_s=1.5,
        call_s=2.0,
        question_s=2.5,
        total_s=3.0,
        cpu_s=20.0,
        memory_bytes=4 * 1024 * 1024,
        processes=10,
        open_files=11,
        files=12,
        disk_bytes=5 * 1024 * 1024,
        answer_bytes=512 * 1024,
        file_bytes=6 * 1024 * 1024,
        output_bytes=7 * 1024,
        losses=8,
        losses_per_question=9,
    )
    assert {name for name in Limits.__slots__ if isinstance(getattr(got, name), float)} == set(seconds)


BROKEN = {  # what stands in the place of what -> what is said
    "no TOML": ('title = "Tiny"', "title = Tiny", "cannot be read: Invalid value (at line 2"),
    "a key given twice": ("points = 2", "points = 2\npoints = 3", "cannot be read: Cannot overwrite a value"),
    "a title that is a number": ('title = "Tiny"', "title = 5", "the file: title is 5 and not a string"),
    "a misspelt table": ("[limits]", "[limit]", "the file has unknown keys ['limit']"),
    "a part that is no list": ("[[part]]", "[part]", "part is not [[part]]"),
    "a part without an id": ('id = "A"', "", "part ? lacks id or title"),
    "a part without a title": ('title = "Sums"', "", "part A lacks id or title"),
    "a part with a misspelt key": ('title = "Sums"', 'name = "Sums"', "part A has unknown keys ['name']"),
    "a question that is no list": ("[[question]]", "[[questions]]", "the file has unknown keys ['questions']"),
    "a question with a misspelt key": ("points = 2", "point = 2", "question a1 has unknown keys ['point']"),
    "a question without an id": ('id = "a1"', "", "question ? lacks id, title or points"),
    "a question without a title": ('title = "Add"\n', "", "question a1 lacks id, title or points"),
    "a question without points": ("points = 2\n", "", "question a1 lacks id, title or points"),
    "an id that is a number": ('id = "a1"', "id = 1", "question 1: id is 1 and not a string"),
    "no points": ("points = 2", "points = 0", "question a1: points are not a number > 0"),
    "points below zero": ("points = 2", "points = -1", "question a1: points are not a number > 0"),
    "points in words": ("points = 2", 'points = "two"', "question a1: points are not a number > 0"),
    "points that are true": ("points = 2", "points = true", "question a1: points are not a number > 0"),
    "points that are NaN": ("points = 2", "points = nan", "question a1: points are not a number > 0"),
    "points without end": ("points = 2", "points = inf", "question a1: points are not a number > 0"),
    "an unknown kind": ('"figure"', '"drawing"', "question a2: kind 'drawing' is none of code, figure, gpu, written"),
    "a kind that is a list": ('kind = "figure"', 'kind = ["figure"]', "question a2: kind is ['figure'] and not a string"),
    "a part that is not there": ('part = "A"', 'part = "B"', "question a1: part 'B' is none of A"),
    "names that are one string": ('["add"]', '"add"', "question a1: names is 'add' and not a list of strings"),
    "names that are numbers": ('["add"]', "[1]", "question a1: names is [1] and not a list of strings"),
    "needs that are one string": ('needs = ["a1"]', 'needs = "a1"', "question a2: needs is 'a1' and not a list of strings"),
    "needs that are not there": ('needs = ["a1"]', 'needs = ["a1", "b7"]', "question a2 needs unknown ['b7']"),
    "a signature that is a list": ('"add(x, y) -> int"', "[]", "question a1: signature is [] and not a string"),
    "an id given twice": ('id = "a2"', 'id = "a1"', "two questions have the same id"),
    "a rule for a question that is not there": ('questions = ["a1"]', 'questions = ["a9"]', "unknown questions ['a9']"),
    "a rule for no question": ('questions = ["a1"]', "", "[[forbidden]] lacks rule or questions"),
    "a rule without a sentence": ('rule = "No sum."', "", "[[forbidden]] lacks rule or questions"),
    "a rule with a misspelt key": ("methods =", "method =", "[[forbidden]] has unknown keys ['method']"),
    "a rule whose methods are one string": ('["sum"]', '"sum"', "[[forbidden]]: methods is 'sum' and not a list of strings"),
    "limits that are a number": ("[limits]\ncall_s = 2", "limits = 2", "limits is not [limits]"),
    "an unknown limit": ("call_s = 2", "call_ms = 2", "[limits] has unknown keys ['call_ms']; known are load_s, call_s"),
    "a limit of zero": ("call_s = 2", "call_s = 0", "[limits] call_s is 0 and not a number > 0"),
    "a limit in words": ("call_s = 2", 'memory_mib = "4"', "[limits] memory_mib is '4' and not a number > 0"),
    "a limit that is true": ("call_s = 2", "losses = true", "[limits] losses is True and not a number > 0"),
    "a limit without end": ("call_s = 2", "total_s = inf", "[limits] total_s is inf and not a number > 0"),
    "half a loss": ("call_s = 2", "losses = 1.5", "[limits] losses is 1.5 and makes no whole number"),
}


@pytest.mark.parametrize(("old", "new", "reason"), [pytest.param(*case, id=name) for name, case in BROKEN.items()])
def test_a_wrong_specification_is_refused_with_its_file_and_the_reason(folder, old, new, reason):
    assert old in GOOD
    path = folder / SPECIFICATION
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(SpecError) as caught:
        read(folder)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("content", "reason"), [(b"", "it has no [[question]]"), (b"title = '\xff'", "cannot be read: 'utf-8'")])
def test_an_empty_or_unreadable_specification_is_refused(folder, content, reason):
    (folder / SPECIFICATION).write_bytes(content)
    with pytest.raises(SpecError) as caught:
        read(folder)
    assert str(folder / SPECIFICATION) in str(caught.value)
    assert reason in str(caught.value)


def test_an_assignment_that_is_not_there_is_refused_and_the_known_ones_are_named(folder):
    with pytest.raises(SpecError, match="no assignment 'tin'; known are: tiny"):
        read_assignment(folder.parent, "tin")
    with pytest.raises(SpecError, match="known are: none"):
        read_assignment(folder, "tiny")


def test_the_assignments_of_a_folder_are_listed_in_order(folder):
    shutil.copytree(folder, folder.parent / "another")
    (folder.parent / "no_assignment").mkdir()
    assert list_assignments(folder.parent) == ("another", "tiny")


def test_the_code_that_every_runner_gets_is_read_where_there_is_some(folder):
    assert provided_sources(read(folder)) == (("provided.py", b"# provided\n"),)
    (folder / "provided.py").unlink()
    assert provided_sources(read(folder)) == ()


def _append(path):
    path.write_text((path.read_text() if path.exists() else "") + "\n# changed\n")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda folder: _append(folder / SPECIFICATION), id="the specification"),
        pytest.param(lambda folder: _append(folder / "checks_public.py"), id="a check file"),
        pytest.param(lambda folder: _append(folder / "provided.py"), id="the provided code"),
        pytest.param(lambda folder: _append(folder / "checks_hidden.py"), id="a new file"),
        pytest.param(lambda folder: (folder / "provided.py").unlink(), id="a file less"),
        pytest.param(lambda folder: (folder / "provided.py").rename(folder / "cases.py"), id="another name"),
    ],
)
def test_the_digest_changes_with_everything_that_decides_a_score(folder, change):
    before = read(folder).digest
    change(folder)
    assert read(folder).digest != before


def test_the_digest_tells_where_one_file_ends_and_the_next_begins(folder):
    (folder / "a.py").write_text("ab")
    (folder / "b.py").write_text("c")
    before = read(folder).digest
    (folder / "a.py").write_text("a")
    (folder / "b.py").write_text("bc")
    assert read(folder).digest != before


def test_the_digest_does_not_change_with_anything_else(folder):
    before = read(folder).digest
    assert before == read(folder).digest
    assert before.startswith("sha256:")
    (folder / "README.md").write_text("text")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "checks_public.cpython-311.pyc").write_bytes(b"\0")
    os.utime(folder / "checks_public.py", (0, 0))
    assert read(folder).digest == before
    elsewhere = folder.parent / "moved"
    shutil.copytree(folder, elsewhere / "tiny")
    assert read(elsewhere / "tiny").digest == before
