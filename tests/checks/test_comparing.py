"""What a comparison accepts is what the contract accepts, and each refusal says what came, what should have, and a likely why."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.checks.calling import Calling
from grader.checks.comparing import (
    CheckFailure,
    as_float,
    as_int,
    assert_close,
    assert_float,
    assert_image,
    assert_int,
    assert_ints,
    assert_tensor,
    assert_unchanged,
    fail,
    raises_value_error,
    same,
)
from grader.model import Verdict
from grader.solution import SolutionError
from grader.wire.values import Ref

OBJECT = Ref(kind="handle", id=1, type="Linear")
INTS = [
    3,
    True + 2,
    np.int64(3),
    np.uint8(3),
    np.array(3),
    torch.tensor(3),
    torch.tensor([3]),
    Ref(kind="handle", id=1, integer=3),
]
NO_INTS = [
    3.0,
    "3",
    None,
    (3,),
    [3],
    np.float64(3),
    np.array([3, 3]),
    torch.tensor(3.0),
    torch.tensor([3, 3]),
    3 + 0j,
    b"3",
    OBJECT,
]
NUMBERS = [
    *(3.0, 3, True + 2, 3.0001, Ref(kind="handle", id=1, number=3.0)),
    *(np.float16(3), np.int8(3), np.array(3.0)),
    *(torch.tensor(3.0), torch.tensor([[3]]), torch.tensor(3.0, dtype=torch.bfloat16)),
]
NO_NUMBERS = ["3", b"3", None, (3.0,), [3.0], np.ones(2), torch.ones(2), torch.ones(0), 3 + 0j, {"a": 3}, OBJECT]
COMPLEX = [3 + 0j, np.complex64(3), np.complex128(3), np.array(3 + 0j), torch.tensor(3 + 0j)]


def kind(value):
    return f"{type(value).__name__} {value}"


def refusal(work):
    """Return the failure that some work ends in."""
    with pytest.raises(CheckFailure) as caught:
        work()
    assert caught.value.message
    assert caught.value.expected
    assert caught.value.got
    return caught.value


@pytest.mark.parametrize("got", INTS, ids=kind)
def test_an_int_is_whatever_operator_index_takes(got):
    assert as_int(got) == 3
    assert_int(got, 3)
    assert_ints((got, got), (3, 3))
    assert refusal(lambda: assert_int(got, 4)).message == "3 came where 4 should"
    assert refusal(lambda: assert_ints((got, 1), (3, 2))).message == "the numbers differ"


@pytest.mark.parametrize("got", NO_INTS, ids=kind)
def test_what_operator_index_refuses_is_no_int(got):
    assert as_int(got) is None
    assert "came where an int should" in refusal(lambda: assert_int(got, 3)).message
    assert "stands in the tuple where an int should" in refusal(lambda: assert_ints((1, got), (1, 3))).message


def test_a_bool_is_an_int():
    assert_int(True, 1)
    assert_ints((True, np.int8(0), torch.tensor(False)), (1, 0, 0))


@pytest.mark.parametrize("got", [[1, 2], np.array([1, 2]), torch.tensor([1, 2]), "12", None, {1: 2}, OBJECT], ids=kind)
def test_a_tuple_that_the_contract_names_is_a_tuple(got):
    assert "came where a tuple should" in refusal(lambda: assert_ints(got, (1, 2))).message


def test_a_tuple_of_another_length_is_refused():
    found = refusal(lambda: assert_ints((1, 2, 1), (1, 2)))
    assert (found.message, found.expected, found.got) == ("3 numbers came where 2 should", "(1, 2)", "(1, 2, 1)")
    assert "0 numbers" in refusal(lambda: assert_ints((), (1, 2))).message


def test_an_int_that_is_too_long_for_the_wire_is_refused_and_costs_no_fault():
    refusal(lambda: assert_int(10**4000, 3))
    refusal(lambda: assert_int(Ref(kind="handle", id=1, type="int"), 3))


@pytest.mark.parametrize("got", NUMBERS, ids=kind)
def test_a_number_is_whatever_float_takes(got):
    assert_float(got, 3.0)
    assert "came where 4 should" in refusal(lambda: assert_float(got, 4.0)).message


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("got", [*NO_NUMBERS, *COMPLEX, 10**400], ids=kind)
def test_what_float_refuses_and_what_is_text_or_complex_is_no_number(got):
    assert as_float(got) is None
    assert "came where a number should" in refusal(lambda: assert_float(got, 3.0)).message


@pytest.mark.parametrize("got", [math.nan, math.inf, -math.inf, np.float32(math.nan), torch.tensor(math.inf)], ids=kind)
def test_nan_and_infinity_are_no_number_that_was_asked_for(got):
    refusal(lambda: assert_float(got, 3.0))
    refusal(lambda: assert_float(got, 0.0))


@given(expected=st.floats(-1e6, 1e6), off=st.floats(0, 1e-3))
@settings(deadline=None)
def test_a_number_is_accepted_up_to_the_contracts_tolerance_and_not_beyond(expected, off):
    tolerance = 1e-5 + 1e-4 * abs(expected)
    if off < 0.999 * tolerance:
        assert_float(expected + off, expected)
    elif off > 1.001 * tolerance:
        refusal(lambda: assert_float(expected + off, expected))


def test_a_wrong_number_is_compared_with_the_right_one():
    assert refusal(lambda: assert_float(6, 3.0)).message == "6 came where 3 should, 2 times as much"
    assert refusal(lambda: assert_float(1.5, 3.0)).message == "1.5 came where 3 should, 0.5 times as much"
    assert refusal(lambda: assert_float(-3, 3.0)).message == "-3 came where 3 should"
    assert refusal(lambda: assert_float(1, 0.0)).message == "1 came where 0 should"


TRUTH = torch.tensor([[1.0, 2.0], [3.0, 5.0]])


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (TRUTH.numpy(), "an ndarray came where a tensor should"),
        (TRUTH.tolist(), "a list came where a tensor should"),
        (None, "None came where a tensor should"),
        (5.0, "a float came where a tensor should"),
        (OBJECT, "an object that cannot be read (Linear) came where a tensor should"),
        (TRUTH[None], "the shape is (1, 2, 2) and should be (2, 2)"),
        (torch.tensor(1.0), "the shape is () and should be (2, 2)"),
        (torch.ones(2), "the shape is (2,) and should be (2, 2)"),
        (torch.empty(0), "the shape is (0,) and should be (2, 2)"),
        (TRUTH.double(), "the dtype is torch.float64 and should be torch.float32"),
        (TRUTH.half(), "the dtype is torch.float16 and should be torch.float32"),
        (TRUTH.long(), "the dtype is torch.int64 and should be torch.float32"),
        (TRUTH.to(torch.complex64), "the dtype is torch.complex64 and should be torch.float32"),
        (TRUTH > 2, "the dtype is torch.bool and should be torch.float32"),
    ],
    ids=lambda value: kind(value)[:40],
)
def test_type_shape_and_dtype_of_a_tensor_must_agree_before_its_values(got, message):
    assert refusal(lambda: assert_close(got, TRUTH)).message == message


def test_a_tensor_that_would_only_agree_by_broadcasting_is_refused():
    refusal(lambda: assert_close(torch.ones(1), torch.ones(3)))
    refusal(lambda: assert_close(torch.ones(3, 1), torch.ones(3, 3)))
    refusal(lambda: assert_image(np.ones(1), np.ones((3, 3)), like=np.ones((3, 3))))


def test_any_dtype_will_do_where_none_is_asked_for():
    assert assert_tensor(TRUTH.half(), shape=(2, 2), dtype=None).dtype is torch.float16


LIKE = {
    "they are right but for the sign": -TRUTH,
    "they are right but for a transposition": TRUTH.T,
    "they are right but flipped in both directions": TRUTH.flip(0, 1),
    "all of them are 2 times what it should be": TRUTH * 2,
    "all of them are 0.25 times what it should be": TRUTH / 4,
    "all of them are -3 times what it should be": TRUTH * -3,
    "all of them are zero": TRUTH * 0,
    "some of them are NaN or infinite": TRUTH / torch.tensor([[1.0, 0.0], [1.0, 1.0]]),
}


@pytest.mark.parametrize("hint", list(LIKE))
def test_wrong_values_come_with_what_would_make_them_right(hint):
    found = refusal(lambda: assert_close(LIKE[hint], TRUTH))
    assert found.message.endswith(f"; {hint}")
    assert found.expected == "torch.tensor([[1., 2.], [3., 5.]])"


def test_wrong_values_that_are_like_nothing_are_counted():
    assert refusal(lambda: assert_close(TRUTH + torch.tensor([[1.0, 0], [0, 0]]), TRUTH)).message == "1 of 4 values differ"
    found = refusal(lambda: assert_close(torch.tensor([[7.0]]), torch.tensor([[2.0]])))
    assert found.message == "1 of 1 value differs; it is 3.5 times what it should be"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_one_value_that_is_not_finite_is_enough_to_be_wrong(bad):
    got = torch.zeros(2, 3)
    got[1, 1] = bad
    refusal(lambda: assert_close(got, torch.zeros(2, 3)))
    refusal(lambda: assert_image(got.numpy(), np.zeros((2, 3)), like=np.zeros((2, 3))))


def test_what_has_no_elements_is_right_when_nothing_was_asked_for():
    assert_close(torch.empty(0, 3), torch.empty(0, 3))
    refusal(lambda: assert_close(torch.empty(3, 0), torch.empty(0, 3)))


def test_rounding_is_measured_against_the_size_of_the_terms_that_were_summed():
    refusal(lambda: assert_close(torch.tensor([0.01]), torch.tensor([0.0])))
    assert_close(torch.tensor([0.01]), torch.tensor([0.0]), scale=2000.0)
    refusal(lambda: assert_close(torch.tensor([2e-5]), torch.tensor([0.0]), scale=1e-9))


PICTURE = np.array([[0.0, 1.0], [2.0, 4.0]])


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_picture_may_have_any_floating_dtype_and_the_tolerance_of_it(dtype):
    assert_image(PICTURE.astype(dtype), PICTURE, like=PICTURE)
    assert_image(torch.from_numpy(PICTURE.astype(dtype)), PICTURE, like=torch.zeros(2, 2))
    assert_image(np.asfortranarray(PICTURE.astype(dtype))[::-1], PICTURE[::-1], like=PICTURE)
    refusal(lambda: assert_image((PICTURE + 0.1).astype(dtype), PICTURE, like=PICTURE))


def test_a_picture_of_low_precision_is_judged_by_that_precision():
    third = np.full((2, 2), 1 / 3)
    assert_image(torch.from_numpy(third).to(torch.bfloat16), third, like=torch.zeros(2, 2))
    assert_image(third.astype(np.float16), third, like=third)
    refusal(lambda: assert_image(third.astype(np.float16).astype(np.float32) + 0.001, third, like=third))


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (torch.from_numpy(PICTURE), "a Tensor came where a picture of the same kind (array) should"),
        (PICTURE.tolist(), "a list came where a picture of the same kind (array) should"),
        (None, "None came where a picture of the same kind (array) should"),
        (PICTURE[0], "the shape is (2,) and should be (2, 2)"),
        (PICTURE.astype(int), "the dtype is torch.int64 and should be a floating one"),
        (PICTURE.astype(complex), "the dtype is torch.complex128 and should be a floating one"),
        (PICTURE > 1, "the dtype is torch.bool and should be a floating one"),
    ],
    ids=lambda value: kind(value)[:40],
)
def test_a_picture_of_another_kind_shape_or_dtype_is_refused(got, message):
    assert refusal(lambda: assert_image(got, PICTURE, like=PICTURE)).message == message


def test_a_picture_given_as_a_tensor_comes_back_as_a_tensor():
    found = refusal(lambda: assert_image(PICTURE, PICTURE, like=torch.zeros(2, 2)))
    assert found.message == "an ndarray came where a picture of the same kind (tensor) should"


def function(solution_of, text):
    return Calling(solution_of(text), sources=(), names=()).f


ARGUMENTS = {
    "a tensor": torch.tensor([1.0, math.nan]),
    "an array": np.array([1, 2]),
    "a list": [1, [2.0, math.nan]],
    "a dict": {"a": torch.ones(2), "b": [1]},
    "a tuple of them": (torch.ones(2), [1]),
}


@pytest.mark.parametrize("name", list(ARGUMENTS))
def test_a_call_that_leaves_its_arguments_alone_is_accepted(solution_of, name):
    assert_unchanged(function(solution_of, "def f(x, y=None): return 5"), ARGUMENTS[name], y=ARGUMENTS[name])


@pytest.mark.parametrize(
    ("change", "argument"),
    [
        ("x[0] += 1", torch.ones(2)),
        ("x.resize_(1)", torch.ones(2)),
        ("x.data = x.data.double()", torch.ones(2)),
        ("x[0] = -0.0", torch.zeros(2)),
        ("x[0] = 9", np.ones(2)),
        ("x.append(1)", [1]),
        ("x[0] = True", [1]),
        ("x.sort()", [2, 1]),
        ("x[1][0] = 5", [1, torch.ones(1)]),
        ("x['a'][0] = 5", {"a": np.ones(1)}),
        ("x['b'] = 1", {"a": 1}),
        ("x[1].clear()", (1, [2])),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_call_that_changes_an_argument_is_refused_and_the_argument_named(solution_of, change, argument):
    text = f"def f(y, x):\n    {change}\n    return 5"
    assert (
        refusal(lambda: assert_unchanged(function(solution_of, text), 0, argument)).message == "the call changed its argument 2"
    )
    found = refusal(lambda: assert_unchanged(function(solution_of, text), 0, x=argument))
    assert found.message == "the call changed its x"
    assert found.expected.startswith("x stays ")
    assert found.got.startswith("x became ")


EQUAL = [
    torch.ones(2),
    torch.ones(2, 2).T,
    np.ones(2),
    np.float32(1),
    1,
    1.0,
    True,
    None,
    "1",
    math.nan,
    (1, [2.0]),
    {"a": 1},
    1j,
]


@pytest.mark.parametrize("left", EQUAL, ids=kind)
def test_two_values_are_the_same_when_type_and_value_agree_and_only_then(left):
    assert [same(left, right) for right in EQUAL] == [left is right for right in EQUAL]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (torch.ones(2), torch.ones(2, dtype=torch.float64)),
        (torch.ones(2), torch.ones(1)),
        (torch.empty(0, 2), torch.empty(2, 0)),
        (torch.zeros(2), -torch.zeros(2)),
        (np.ones(2), np.ones((2, 1))),
        (np.ones(2), np.ones(2, dtype=np.float32)),
        (0.0, -0.0),
        (0j, complex(0, -0.0)),
        ([1], (1,)),
        ([1, 2], [1]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 1, "b": 2}),
        ({"a": torch.ones(1)}, {"a": torch.zeros(1)}),
    ],
    ids=kind,
)
def test_values_that_differ_in_anything_are_not_the_same(left, right):
    assert not same(left, right)
    assert not same(right, left)


def raising(verdict=Verdict.ERROR, kinds=("ValueError", "Exception"), text="too small"):
    with raises_value_error("it is too small"):
        raise SolutionError(verdict, f"{kinds[0] if kinds else 'gone'}: {text}", kinds=kinds, exception=text)


def test_a_value_error_or_a_subclass_with_a_message_is_what_was_asked_for():
    raising()
    raising(kinds=("TooSmall", "ValueError", "Exception"))


def test_another_exception_no_message_or_none_at_all_is_refused():
    found = refusal(lambda: raising(kinds=("TypeError", "Exception")))
    assert (found.message, found.got) == ("TypeError was raised where ValueError should be", "TypeError: too small")
    assert found.expected == "ValueError with a message: it is too small"
    assert refusal(lambda: raising(text="  ")).message == "the ValueError has no message"

    def nothing():
        with raises_value_error("it is too small"):
            pass

    assert refusal(nothing).message == "nothing was raised"


@pytest.mark.parametrize("verdict", [Verdict.TIMEOUT, Verdict.CRASH, Verdict.MISSING, Verdict.MEMORY], ids=str)
def test_a_call_that_was_lost_is_not_taken_for_a_raised_exception(verdict):
    with pytest.raises(SolutionError):
        raising(verdict, kinds=())


def test_strings_are_shown_as_they_are_and_other_values_as_python_prints_them():
    found = refusal(lambda: fail("no", expected="some words", got=torch.tensor([1])))
    assert (found.expected, found.got, found.fraction) == ("some words", "torch.tensor([1])", 0.0)
    assert refusal(lambda: fail("half", expected=1, got=2, fraction=0.5)).fraction == 0.5
