"""What a report prints can be read, and what a student pastes runs and is the same value."""

from __future__ import annotations

import io
import math
import time
from contextlib import redirect_stdout

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

from grader.checks.calling import Call
from grader.checks.comparing import same
from grader.checks.retelling import snippet as snippet_of
from grader.checks.retelling import told
from grader.checks.showing import MAX_LITERAL_ELEMENTS, MAX_SHOWN_CHARS, literal, show
from grader.wire.values import MAX_INT_DIGITS, NUMPY_DTYPES, TORCH_DTYPES, Ref

THING = Ref(kind="handle", id=1, type="Linear")
shapes = st_numpy.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


@st.composite
def arrays(draw):
    return draw(st_numpy.arrays(draw(st.sampled_from(list(NUMPY_DTYPES.values()))), draw(shapes)))


@st.composite
def tensors(draw):
    """Tensors of every dtype with arbitrary bits."""
    dtype, shape = draw(st.sampled_from(list(TORCH_DTYPES.values()))), draw(shapes)
    size = math.prod(shape) * dtype.itemsize
    data = bytearray(draw(st.binary(min_size=size, max_size=size)))
    if not size:
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:
        return (torch.frombuffer(data, dtype=torch.uint8) % 2 == 1).reshape(shape)
    return torch.frombuffer(data, dtype=dtype).reshape(shape)


plain = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | st.text(st.characters()) | st.binary()
leaves = (
    plain
    | st.sampled_from(list(TORCH_DTYPES.values()))
    | tensors()
    | arrays()
    | arrays().filter(lambda array: array.ndim == 0).map(lambda array: array[()])
)
keys = st.none() | st.booleans() | st.integers() | st.text()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=6,
)


def alike(left, right):
    """As `same`, but one NaN is as good as another."""
    if isinstance(left, torch.Tensor | np.ndarray | np.generic):
        left, right = (
            torch.where(x.isnan(), torch.zeros_like(x), x) if isinstance(x, torch.Tensor) else np.where(np.isnan(x), 0, x)
            for x in (left, right)
        )
    if isinstance(left, list | tuple):
        return type(left) is type(right) and len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict):
        return type(right) is dict and alike(list(left.items()), list(right.items()))
    return same(left, right)


@given(value=values)
@example(value=complex(-0.0, math.nan))
@example(value=torch.empty(0, 2, dtype=torch.int64))
@example(value={"a": np.float32(math.inf)})
@example(value=np.array(2**64 - 1, dtype=np.uint64))
@settings(deadline=None, max_examples=400)
def test_a_literal_evaluates_to_the_value_it_was_made_of(value):
    text = literal(value)
    got = eval(text, {"np": np, "torch": torch})
    assert type(got) is type(value)
    if isinstance(value, torch.Tensor | np.ndarray):
        assert (got.dtype, got.shape) == (value.dtype, value.shape)
    assert alike(got, value)


def test_elements_are_written_with_the_fewest_digits():
    assert literal(torch.tensor([[0.1, 2.0], [1 / 3, 1e-7]])) == "torch.tensor([[0.1, 2.], [0.33333334, 1e-07]])"
    assert literal(torch.tensor([0.1], dtype=torch.float64)) == "torch.tensor([0.1], dtype=torch.float64)"
    assert literal(torch.tensor([0.1, 1.0], dtype=torch.bfloat16)) == "torch.tensor([0.1001, 1], dtype=torch.bfloat16)"
    assert literal(torch.tensor([1, -2])) == "torch.tensor([1, -2])"
    assert literal(torch.tensor(True)) == "torch.tensor(True)"
    assert literal(np.array([[0.5]])) == "np.array([[0.5]])"
    assert literal(np.array([0.1], dtype=np.float32)) == "np.array([0.1], dtype=np.float32)"
    assert literal(np.float32(0.1)) == "np.float32(0.1)"
    assert literal((1,)) == "(1,)"
    assert literal([(1, 2.5), "a"]) == "[(1, 2.5), 'a']"


def test_where_a_literal_would_be_too_long_there_is_none():
    assert literal(torch.zeros(MAX_LITERAL_ELEMENTS)) is not None
    assert literal(torch.zeros(MAX_LITERAL_ELEMENTS + 1)) is None
    assert literal(np.zeros(MAX_LITERAL_ELEMENTS + 1)) is None
    assert literal([torch.zeros(200)] * 5) is not None
    assert literal([torch.zeros(200)] * 6) is None
    assert literal(list(range(2000))) is None
    assert literal([[1] * 200] * 6) is None


def test_what_has_no_literal_is_described():
    assert literal(THING) is None
    assert literal([1, THING]) is None
    assert literal({"a": THING}) is None
    assert show(THING) == "an object of type Linear"
    assert show([1, THING]) == "[1, an object of type Linear]"
    assert show({"a": THING}) == "{'a': an object of type Linear}"
    assert show(torch.arange(300.0)) == "a tensor of shape (300,), torch.float32, values from 0 to 299"
    assert show(torch.zeros(300, dtype=torch.complex64)) == "a tensor of shape (300,), torch.complex64, no values to show"
    assert show(torch.tensor([True] * 300)) == "a tensor of shape (300,), torch.bool, values from 1 to 1"
    assert show(np.zeros((20, 20))) == "an array of shape (20, 20), float64"
    assert show((torch.zeros(30, 30), 5, [0] * 2000, [1, 2])) == (
        "(a tensor of shape (30, 30), torch.float32, values from 0 to 0, 5, a list of 2000 items, [1, 2])"
    )
    assert show(list(range(2000))).endswith("18, 19, ...]")
    assert show(dict.fromkeys(range(2000))).endswith("19: None, ...}")


@given(value=values)
@settings(deadline=None)
def test_whatever_is_shown_is_short_text_on_one_line(value):
    for shown in (show(value), show([value] * 50), show({"a": [value, THING]})):
        assert 0 < len(shown) <= MAX_SHOWN_CHARS + 50
        assert shown.isprintable()


def test_what_is_too_long_is_cut_in_the_middle():
    shown = show("a" * 10_000)
    assert shown.startswith("'aaa")
    assert shown.endswith("aaa'")
    assert "(6002 characters)" in shown


@pytest.mark.parametrize("sign", [1, -1])
def test_the_longest_int_that_can_arrive_is_shown(sign):
    assert "characters" in show(sign * (16**MAX_INT_DIGITS - 1))


def test_an_immense_answer_is_shown_soon():
    row = [torch.zeros(256)] * 256
    start = time.monotonic()
    for answer in ([row] * 256, {str(number): row for number in range(256)}, [[[[1] * 20] * 20] * 20] * 20, [row, THING]):
        show(answer)
    assert time.monotonic() - start < 1


def test_a_call_is_shown_as_one_would_type_it():
    assert told(Call("pool", (torch.tensor([[1.0]]), 2), {"stride": None})) == "pool(torch.tensor([[1.]]), 2, stride=None)"
    assert told(Call("f", (), {})) == "f()"


def snippet(name, args, kwargs, *, imported_from):
    return snippet_of(Call(name, args, kwargs), imported_from=imported_from)


names = st.sampled_from(["kernel", "stride", "layers", "lr"])


@given(
    args=st.lists(values, max_size=7).map(tuple),
    kwargs=st.dictionaries(names, values),
    module=st.sampled_from([None, "handed_in"]),
)
@settings(deadline=None, max_examples=150)
def test_a_snippet_has_at_most_ten_lines_and_makes_the_call(args, kwargs, module):
    text = snippet("show_it", args, kwargs, imported_from=module)
    assert len(text.splitlines()) <= 10
    got = []
    run(text, module, lambda *args, **kwargs: got.append((args, kwargs)))
    assert alike(got, [(args, kwargs)])


def run(text, module, function):
    """Run a snippet as a student would: beside the module, or below the notebook's cells."""
    lines = text.splitlines()
    if module is not None:
        assert lines.pop(next(i for i, line in enumerate(lines) if line.startswith("from "))) == f"from {module} import show_it"
    with redirect_stdout(io.StringIO()):
        exec("\n".join(lines), {"show_it": function})


def test_a_snippet_names_what_it_needs():
    image = np.array([[1.0]])
    assert snippet("blur", (image, 3), {}, imported_from="conv_nets").splitlines() == [
        *("import numpy as np", "from conv_nets import blur", "", "print(blur(np.array([[1.]]), 3))")
    ]
    assert snippet("f", ({"a": [torch.tensor(1)]},), {}, imported_from=None).splitlines()[0] == "import torch"
    assert snippet("f", (1,), {}, imported_from=None) == "print(f(1))"
    assert snippet("provided.make", (1,), {}, imported_from="conv_nets").splitlines() == [
        "import provided",
        "",
        "print(provided.make(1))",
    ]


def test_long_arguments_stand_on_their_own_lines():
    lines = snippet("f", (torch.zeros(4, 4), 2), {"w": torch.ones(4, 4)}, imported_from="m").splitlines()
    assert [line[:5] for line in lines] == ["impor", "from ", "", "x1 = ", "w = t", "print"]
    assert lines[-1] == "print(f(x1, 2, w=w))"


def test_there_is_no_snippet_where_an_argument_cannot_be_written():
    assert snippet("f", (THING,), {}, imported_from="m") == ""
    assert snippet("f", (), {"x": torch.zeros(1000)}, imported_from="m") == ""


@pytest.mark.parametrize("stem", ["homework 3 FINAL (2)", "class", "3rd", "it's"])
def test_a_file_that_cannot_be_imported_by_its_name_is_run_by_its_path(stem, tmp_path, monkeypatch, capsys):
    (tmp_path / f"{stem}.py").write_text("def double(x):\n    return 2 * x\n")
    monkeypatch.chdir(tmp_path)
    exec(snippet("double", (torch.tensor([1, 2]),), {}, imported_from=stem), {})
    assert capsys.readouterr().out == "tensor([2, 4])\n"
