"""What may travel comes back as it was, to the last bit; what may not is refused, or named when somebody gives it a name."""

from __future__ import annotations

import enum
import math
import socket
import struct
import time
from collections import Counter, OrderedDict, defaultdict, namedtuple

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.wire.channel import Channel
from grader.wire.encoding import encode
from grader.wire.values import (
    MAX_BUFFERS,
    MAX_DEPTH,
    MAX_HEADER_BYTES,
    MAX_INT_DIGITS,
    NUMPY_DTYPES,
    TORCH_DTYPES,
    Ref,
    WireError,
    WireTooBig,
)

REF = Ref(kind="handle", id=7, type="Thing")


def travel(value, wrap=None):
    """Return a value as it comes out of the other end of a real connection."""
    near, far = socket.socketpair()
    with near, far:
        for piece in encode(value, wrap):
            near.sendall(piece)
        return Channel(far, max_bytes=2**24).receive(time.monotonic() + 10)


def assert_same(got, sent):
    """The two agree in type, dtype, shape and every bit."""
    assert type(got) is type(sent)
    if isinstance(sent, torch.Tensor | np.ndarray | np.generic):
        assert (got.dtype, tuple(got.shape)) == (sent.dtype, tuple(sent.shape))
        assert bits(got) == bits(sent)
    elif isinstance(sent, list | tuple):
        assert len(got) == len(sent)
        for one, other in zip(got, sent, strict=True):
            assert_same(one, other)
    elif isinstance(sent, dict):
        assert_same(list(got.items()), list(sent.items()))
    elif isinstance(sent, complex):
        assert_same((got.real, got.imag), (sent.real, sent.imag))
    elif isinstance(sent, float):
        assert struct.pack("d", got) == struct.pack("d", sent) or (math.isnan(got) and math.isnan(sent))
    else:
        assert got == sent


def bits(value):
    """Return the elements of a tensor, array or scalar as bytes, row after row."""
    if isinstance(value, torch.Tensor):
        return bytes(value.contiguous().reshape(-1).view(torch.uint8).tolist()) if value.numel() else b""
    return value.tobytes()


shapes = st.lists(st.integers(0, 3), max_size=4).map(tuple)


@st.composite
def tensors(draw):
    """Tensors of every dtype with arbitrary bits, some of them views with odd strides."""
    dtype, shape = draw(st.sampled_from(list(TORCH_DTYPES.values()))), draw(shapes)
    size = math.prod(shape) * dtype.itemsize
    data = bytearray(draw(st.binary(min_size=size, max_size=size)))
    if not size:
        return torch.empty(shape, dtype=dtype)
    if dtype is torch.bool:
        return (torch.frombuffer(data, dtype=torch.uint8) % 2 == 1).reshape(shape)
    tensor = torch.frombuffer(data, dtype=dtype).reshape(shape)
    return draw(st.sampled_from([tensor, tensor.T if tensor.ndim == 2 else tensor, tensor[..., None].expand(*shape, 2)]))


@st.composite
def arrays(draw):
    """Arrays of every dtype with arbitrary bits, some of them views with odd strides."""
    dtype, shape = draw(st.sampled_from(list(NUMPY_DTYPES.values()))), draw(shapes)
    size = math.prod(shape) * dtype.itemsize
    data = draw(st.binary(min_size=size, max_size=size))
    if dtype.kind == "b":
        return (np.frombuffer(data, dtype=np.uint8) % 2 == 1).reshape(shape)
    array = np.frombuffer(data, dtype=dtype).reshape(shape)
    return draw(st.sampled_from([array, array.T, array[::-1] if shape else array, np.asfortranarray(array)]))


text = st.text(st.characters())  # lone surrogates too
keys = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | text
refs = st.builds(
    Ref,
    kind=st.sampled_from(["handle", "callback"]),
    id=st.integers(0, 2**40),
    type=text,
    integer=st.none() | st.integers(),
    number=st.none() | st.floats(allow_nan=False),
)
plain = st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | text | st.binary() | refs
leaves = plain | tensors() | arrays() | arrays().filter(lambda array: array.ndim == 0).map(lambda array: array[()])
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.lists(inner, max_size=4).map(tuple) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(value=values)
@settings(deadline=None, max_examples=300)
def test_every_value_comes_back_equal_in_type_shape_dtype_and_bits(value):
    assert_same(travel(value), value)


@given(array=arrays())
@settings(deadline=None)
def test_every_numpy_scalar_comes_back_as_that_scalar(array):
    for scalar in array.reshape(-1)[:4]:
        assert_same(travel(scalar), scalar)


@pytest.mark.parametrize("dtype", list(TORCH_DTYPES.values()), ids=str)
def test_a_tensor_of_each_dtype_comes_back_also_without_dimensions_and_without_elements(dtype):
    for tensor in (torch.tensor(1).to(dtype), torch.ones(2, 3).to(dtype), torch.empty(2, 0, 3, dtype=dtype)):
        assert_same(travel(tensor), tensor)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.bfloat16, torch.float8_e4m3fn, torch.quint8], ids=str)
def test_a_dtype_comes_back_as_itself_also_one_of_which_no_elements_travel(dtype):
    assert travel(dtype) is dtype


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1.7976931348623157e308])
def test_special_floats_come_back_alone_and_inside_complex_numbers_tensors_and_arrays(value):
    for sent in (value, complex(value, -0.0), complex(1, value), torch.tensor([value]), np.array([value]), np.float64(value)):
        assert_same(travel(sent), sent)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_longest_int_that_travels_is_one_that_python_still_prints(sign):
    longest = sign * (16**MAX_INT_DIGITS - 1)
    assert_same(travel(longest), longest)
    assert str(longest)
    with pytest.raises(WireError, match="a int cannot be sent"):
        encode(sign * 16**MAX_INT_DIGITS)


def test_two_lone_surrogates_in_a_row_stay_two():
    assert travel("\ud83d\ude00") == "\ud83d\ude00" != travel("\U0001f600") == "\U0001f600"


class Colour(str, enum.Enum):  # noqa: UP042  # str() of this older kind is not its value
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Contrary(int):
    def __int__(self):
        return 99


class ContraryText(str):
    def __str__(self):
        raise RuntimeError("no")


class ContraryFloat(float):
    def __float__(self):
        return 99.0


Point = namedtuple("Point", "x y")


@pytest.mark.parametrize(
    ("sent", "wanted"),
    [
        (Point(1, 2.5), (1, 2.5)),
        (torch.Size([2, 3]), (2, 3)),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (defaultdict(list, x=[1]), {"x": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (bytearray(b"ab"), b"ab"),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Contrary(5), 5),
        (ContraryText("yes"), "yes"),
        (ContraryFloat(5.0), 5.0),
        (np.str_("text"), "text"),
        (np.bytes_(b"ab"), b"ab"),
        (np.array([1.0, 2.0], dtype=">f8"), np.array([1.0, 2.0])),
        (np.array([1, 2]).view(np.recarray), np.array([1, 2])),
        (np.ma.masked_array([1, 2], mask=[False, True]), np.array([1, 2])),
        (torch.nn.Parameter(torch.ones(2)), torch.ones(2)),
        (torch.ones(2, requires_grad=True) * 2, torch.full((2,), 2.0)),
        (torch.tensor([1 + 2j]).conj(), torch.tensor([1 - 2j])),
        (torch._neg_view(torch.ones(2)), -torch.ones(2)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_of_a_derived_kind_comes_back_as_the_plain_kind(sent, wanted):
    assert_same(travel(sent), wanted)


def test_a_tensor_comes_back_on_its_own_not_as_part_of_a_graph():
    got = travel(torch.ones(2, requires_grad=True))
    assert not got.requires_grad
    assert got.grad_fn is None


def test_what_comes_back_shares_no_memory_with_another_part_of_the_message():
    tensor = torch.zeros(3)
    first, second, row = travel((tensor, tensor, tensor.expand(2, 3)))
    first += 1
    row[0] += 1
    assert second.tolist() == [0, 0, 0]
    assert row.tolist() == [[1, 1, 1], [0, 0, 0]]


class Liar(torch.Tensor):
    """Says that it is something else, whatever it is asked."""

    shape = property(lambda self: torch.Size([9, 9]))
    dtype = property(lambda self: torch.float64)
    layout = property(lambda self: torch.sparse_coo)

    def detach(self):
        return torch.zeros(9, 9)

    cpu = contiguous = resolve_conj = resolve_neg = numpy = detach

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return torch.zeros(9, 9)


def test_a_tensor_that_lies_about_itself_travels_as_its_plain_data():
    assert_same(travel(torch.tensor([1.0, 2.0]).as_subclass(Liar)), torch.tensor([1.0, 2.0]))


class Impostor:
    """Claims a class that is not its own."""

    __class__ = int


class Wrapper(torch.Tensor):
    """A tensor without memory of its own, as torch's fake and distributed tensors are."""

    @staticmethod
    def __new__(cls):
        return torch.Tensor._make_wrapper_subclass(cls, (2,), dtype=torch.float32)

    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return cls()


def escaped_from_vmap():
    """Return a tensor that belongs to a torch.func transform which is over."""
    kept = []
    torch.func.vmap(lambda x: kept.append(x) or x)(torch.ones(3))
    return kept[0]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: torch.eye(2).to_sparse(), id="a sparse tensor"),
        pytest.param(lambda: torch.eye(2).to_sparse_csr(), id="a sparse tensor by rows"),
        pytest.param(lambda: torch.ones(2, device="meta"), id="a tensor without data"),
        pytest.param(lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8), id="a quantized tensor"),
        pytest.param(lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), id="a nested tensor"),
        pytest.param(lambda: torch.ones(2).to(torch.float8_e4m3fn), id="a tensor of a rare dtype"),
        pytest.param(lambda: torch.ones(1).expand(2**44), id="a tensor larger than memory"),
        pytest.param(lambda: torch.ones((1,) * 33), id="a tensor of too many dimensions"),
        pytest.param(lambda: torch.empty(0, 2**53), id="an empty tensor of an immense shape"),
        pytest.param(Wrapper, id="a tensor without memory of its own"),
        pytest.param(escaped_from_vmap, id="a tensor out of a transform"),
        pytest.param(lambda: np.array([object()]), id="an array of objects"),
        pytest.param(lambda: np.array(["text"]), id="an array of texts"),
        pytest.param(lambda: np.array(["2020-01-01"], dtype="datetime64[D]"), id="an array of dates"),
        pytest.param(lambda: np.zeros(2, dtype=[("a", "f4")]), id="an array of records"),
        pytest.param(lambda: np.broadcast_to(np.ones(1), (2**44,)), id="an array larger than memory"),
        pytest.param(lambda: np.longdouble(1), id="a scalar of a rare dtype"),
        pytest.param(lambda: 16**MAX_INT_DIGITS, id="an int that is too long"),
        pytest.param(lambda: {1.5: 0}, id="a dict with float keys"),
        pytest.param(lambda: {(1, 2): 0}, id="a dict with tuple keys"),
        pytest.param(lambda: {2**53: 0}, id="a dict with huge int keys"),
        pytest.param(lambda: {np.int64(1): 0}, id="a dict with NumPy keys"),
        pytest.param(object, id="an object"),
        pytest.param(Impostor, id="an object that claims to be an int"),
        pytest.param(lambda: len, id="a function"),
        pytest.param(lambda: (item for item in [1]), id="a generator"),
        pytest.param(lambda: torch.nn.Linear(1, 1), id="a module"),
        pytest.param(lambda: {1, 2}, id="a set"),
        pytest.param(lambda: range(3), id="a range"),
        pytest.param(lambda: Ellipsis, id="an ellipsis"),
        pytest.param(lambda: torch.device("cpu"), id="a device"),
    ],
)
def test_what_cannot_travel_is_refused_or_named(make):
    value = make()
    with pytest.raises(WireError, match="cannot be sent"):
        encode(value)
    named = []
    assert travel(value, lambda item: named.append(item) or REF) == REF
    assert len(named) == 1
    assert named[0] is value
    assert travel([1, (value, "x")], lambda item: REF) == [1, (REF, "x")]


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def test_nesting_travels_as_deep_as_agreed_and_no_deeper_with_or_without_names():
    assert_same(travel(nested(MAX_DEPTH)), nested(MAX_DEPTH))
    for wrap in (None, lambda item: REF):
        with pytest.raises(WireError, match="nested deeper than 60"):
            encode(nested(MAX_DEPTH + 1), wrap)


def test_a_list_that_contains_itself_is_refused_at_once_with_or_without_names():
    # Not named where it gets too deep: a list that holds itself twice would have 2**60 such places.
    twice = []
    twice += [twice, twice]
    start = time.monotonic()
    for wrap in (None, lambda item: REF):
        with pytest.raises(WireError, match="nested deeper than 60"):
            encode([twice], wrap)
    assert time.monotonic() - start < 1


def test_a_message_of_too_many_parts_is_refused():
    with pytest.raises(WireTooBig, match="a header of"):
        encode("x" * MAX_HEADER_BYTES)
    with pytest.raises(WireTooBig, match="tensors, arrays and NumPy scalars"):
        encode([b""] * (MAX_BUFFERS + 1))


def test_a_reference_keeps_its_numbers_and_the_beginning_of_its_type():
    ref = Ref(kind="handle", id=1, type="x" * 500, integer=-(2**70), number=math.inf)
    assert travel(ref) == Ref(kind="handle", id=1, type="x" * 200, integer=-(2**70), number=math.inf)
    assert math.isnan(travel(Ref(kind="callback", id=1, number=math.nan)).number)
