"""What only `conv_nets` compares, and the judge's own functions: right answers, and nonsense refused soon."""

from __future__ import annotations

import inspect
import math
import runpy
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assignments.conv_nets import cases, oracles
from assignments.conv_nets.judging import assert_inner_product, assert_routed, assert_rows
from assignments.conv_nets.stand_ins import STAND_INS
from grader.checks.comparing import CheckFailure, assert_close, assert_image
from grader.wire.values import Ref

ROOT = Path(__file__).resolve().parent.parent
few = settings(deadline=None, max_examples=60)


TABLE = [("input", 0, (4, 4, 1)), ("flatten", 0, (16,)), ("fc-2", 34, (2,))]


def refused(work):
    with pytest.raises(CheckFailure) as caught:
        work()
    return caught.value


def test_a_table_is_a_list_of_tuples_whose_numbers_may_be_of_any_kind():
    assert_rows(TABLE, TABLE)
    assert_rows(tuple(TABLE), TABLE)
    assert_rows([(name, np.int64(n), tuple(map(torch.tensor, dims))) for name, n, dims in TABLE], TABLE)


@pytest.mark.parametrize(
    ("got", "message"),
    [
        (None, "the table is not a list of rows"),
        ({"input": 0}, "the table is not a list of rows"),
        ([], "0 rows came where 3 should"),
        (TABLE[:2], "2 rows came where 3 should"),
        ([*TABLE, TABLE[-1]], "4 rows came where 3 should"),
        (TABLE[1:], "the input's row differs"),
        ([TABLE[0], list(TABLE[1]), TABLE[2]], "row 2 differs"),
        ([TABLE[0], ("flatten", 0, 16), TABLE[2]], "row 2 differs"),
        ([TABLE[0], ("flatten", 0, [16]), TABLE[2]], "row 2 differs"),
        ([*TABLE[:2], ("fc-2", 34.0, (2,))], "row 3 differs"),
        ([*TABLE[:2], ("fc-2", 34, (2, 1))], "row 3 differs"),
        ([*TABLE[:2], ("fc-3", 34, (2,))], "row 3 differs"),
        ([*TABLE[:2], (np.array(["fc-2", "x"]), 34, (2,))], "row 3 differs"),
        ([*TABLE[:2], (torch.ones(3), torch.ones(3), (torch.ones(3),))], "row 3 differs"),
        ([*TABLE[:2], Ref(kind="handle", id=1, type="Row")], "row 3 differs"),
        ([*TABLE[:2], ("fc-2", 34)], "row 3 differs"),
    ],
)
def test_the_first_row_that_differs_is_named(got, message):
    assert refused(lambda: assert_rows(got, TABLE)).message == message


POOLING = cases.Pooling(x=torch.tensor([[1.0, 3.0], [3.0, 2.0]]), dy=torch.tensor([[5.0]]), kernel=2)


@pytest.mark.parametrize("gradient", [[[0.0, 5.0], [0.0, 0.0]], [[0.0, 0.0], [5.0, 0.0]]])
def test_a_tie_may_go_to_any_one_of_the_tied(gradient):
    assert_routed(torch.tensor(gradient), POOLING)


@pytest.mark.parametrize(
    ("gradient", "message"),
    [
        ([[0.0, 2.5], [2.5, 0.0]], "more than one element of a window got gradient; a tie has exactly one winner"),
        ([[0.0, 5.0], [5.0, 0.0]], "more than one element of a window got gradient; a tie has exactly one winner"),
        ([[5.0, 0.0], [0.0, 0.0]], "an element that is not the largest of its window got gradient"),
        ([[0.0, 4.0], [0.0, 1.0]], "an element that is not the largest of its window got gradient"),
        ([[0.0, 0.0], [0.0, 0.0]], "a window's gradients do not add up to its dy"),
        ([[0.0, 15.0], [0.0, 0.0]], "a window's gradients do not add up to its dy"),
        ([[0.0, math.nan], [0.0, 0.0]], "a window's gradients do not add up to its dy"),
        ([[0.0, math.inf], [0.0, 0.0]], "a window's gradients do not add up to its dy"),
        ([[0.0, 5.0]], "the shape is (1, 2) and should be (2, 2)"),
    ],
)
def test_a_gradient_that_is_shared_lost_or_sent_elsewhere_is_refused(gradient, message):
    assert refused(lambda: assert_routed(torch.tensor(gradient), POOLING)).message == message


@given(case=cases.poolings(max_windows=3, kernels=range(1, 4), ties=True))
@few
def test_what_torch_finds_is_always_accepted(case):
    assert_routed(oracles.max_pool_gradient(case.x, case.dy, case.kernel), case)


def test_two_sides_of_a_law_must_agree():
    one = torch.tensor([1.0, 2.0])
    assert_inner_product(one, one.flip(0), scale=1.0, message="no", got=one)
    for other in (one + 1, one * math.nan, one * math.inf):
        assert refused(lambda other=other: assert_inner_product(other, one, scale=1.0, message="no", got=one)).message == "no"


# The judge's own functions

with pytest.MonkeyPatch.context() as _patch:
    _patch.syspath_prepend(str(ROOT / "student_template" / "conv_nets"))  # there lies `provided`
    REFERENCE = runpy.run_path(str(ROOT / "reference" / "conv_nets" / "conv_nets.py"))
PICTURE, KERNEL = torch.arange(12.0).reshape(3, 4) ** 2 / 4, torch.tensor([[1.0, -2.0], [0.5, 3.0]])
LEGAL = {
    "conv_param_count": (3, 8, 5),
    "conv_output_shape": (9, 7, 3, 2, 1, 4, 2),
    "pool_output_shape": (9, 7, 4, 2),
    "receptive_field": ([(3, 2), (2, 3, 2)],),
    "layer_table": (["conv3-10", "pool-2", "flatten", "fc-3"], (8, 6, 2)),
    "conv2d": (PICTURE, KERNEL),
    "conv2d_weight_grad": (PICTURE, KERNEL),
    "conv2d_input_grad": (KERNEL, PICTURE),
    "sgd_step": (PICTURE, PICTURE.flip(0), 0.5),
    "weight_grad_std": (5, 0.5, 3.0),
    "max_pool_backward": (PICTURE[:2], torch.tensor([[1.0, 2.0]]), 2),
    "avg_pool_backward": (PICTURE[:2], torch.tensor([[1.0, 2.0]]), 2),
    "conv_transpose2d": (PICTURE, KERNEL, 3),
    "dilated_conv2d": (PICTURE, KERNEL, 2),
    "averaging_filter": (PICTURE.numpy(), 5),
    "laplacian_filter": (PICTURE,),
}


def test_there_is_a_function_of_the_judge_for_every_name_of_parts_a_to_c(conv_nets, parts_a_to_c):
    names = [name for question in parts_a_to_c for name in conv_nets.question(question).names]
    assert sorted(LEGAL) == sorted(names)
    assert set(names) <= set(STAND_INS)


@pytest.mark.parametrize("name", list(LEGAL))
def test_the_judges_own_functions_answer_as_the_reference_does(name):
    got, wanted = (functions[name](*LEGAL[name]) for functions in (STAND_INS, REFERENCE))
    if isinstance(wanted, torch.Tensor):
        assert_close(got, wanted)
    elif isinstance(wanted, np.ndarray):
        assert_image(got, wanted, like=LEGAL[name][0])
    else:
        assert got == wanted


@pytest.mark.parametrize("name", list(LEGAL))
def test_the_judges_own_functions_have_the_parameters_of_the_contract(name, conv_nets):
    (signature,) = (question.signature for question in conv_nets.questions if name in question.names)
    inside = signature.partition("(")[2].partition(")")[0]
    parameters = inspect.signature(STAND_INS[name]).parameters.values()
    assert inside == ", ".join(p.name if p.default is p.empty else f"{p.name}={p.default}" for p in parameters)


REFUSALS = (TypeError, ValueError, RuntimeError, IndexError, AttributeError)  # what the student's code is told
NONSENSE = [
    *(None, True, -1, 0, 1, 2, 3, 1000, 10**6, 10**9, 2**63, 10**4000, 1.5, -0.5, 1e300, math.nan, math.inf, 2j),
    *("", "x", "conv3-5", "flatten", "fc-99999999999999999999", "conv999999999-999999999", "x" * 100_000, b"x"),
    *(
        [],
        [0],
        [1] * 100_000,
        [(3, 10)] * 50,
        [(1, 1)] * 100_000,
        [(10**9, 10**9)],
        [(0, 0)],
        [(3,)],
        [None],
        ["flatten"] * 100_000,
    ),
    *((), (1,), (28, 28, 1), (10**9, 10**9, 10**9), ("a", "b", "c"), {}, {"a": 1}, Ref(kind="handle", id=1, type="Net")),
    *(torch.empty(0), torch.empty(0, 3), torch.tensor(3), torch.tensor(2.5), torch.ones(3), torch.ones(1, 1), torch.ones(3, 4)),
    *(torch.ones(2, 2), torch.ones(100, 100), torch.ones(1, 10_000), torch.ones(10_000, 1), torch.ones(2, 2, 2)),
    *(torch.ones(1).expand(10**5, 10**5), torch.ones(2, 2, dtype=torch.complex64), torch.ones(2, 2, dtype=torch.bfloat16)),
    *(torch.ones(2, 2, dtype=torch.bool), torch.ones(2, 2, dtype=torch.int8), torch.full((2, 2), math.nan)),
    *(np.empty(0), np.ones(3), np.ones((2, 2)), np.ones((100, 100)), np.broadcast_to(np.ones(1), (10**5, 10**5))),
    *(np.ones((2, 2), dtype=complex), np.ones((2, 2), dtype=bool), np.float64(2.5), np.int64(3)),
]


def answer_or_refuse(name, args):
    """Ask one of the judge's functions as a submission would; it must not stop the judge, keep it, or fill its memory."""
    start = time.monotonic()
    with suppress(*REFUSALS):
        STAND_INS[name](*args)
    assert time.monotonic() - start < 2


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", list(LEGAL))
def test_the_judges_own_functions_answer_or_refuse_any_nonsense_in_any_place_and_soon(name):
    for index in range(len(LEGAL[name])):
        for nonsense in NONSENSE:
            answer_or_refuse(name, (*LEGAL[name][:index], nonsense, *LEGAL[name][index + 1 :]))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", list(LEGAL))
@given(data=st.data())
@settings(deadline=None, max_examples=60)
def test_the_judges_own_functions_answer_or_refuse_nonsense_in_several_places(name, data):
    answer_or_refuse(name, [data.draw(st.sampled_from([*NONSENSE, legal, legal, legal])) for legal in LEGAL[name]])


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("conv_param_count", ("x", 10**6, 3)),
        ("conv_param_count", (3, 8, 10**4000)),
        ("conv_output_shape", (10**9, 10**9, 3)),
        ("receptive_field", ([(3, 10)] * 20,)),
        ("conv2d", (torch.ones(100, 100), torch.ones(100, 100))),
        ("conv2d", (torch.ones(1).expand(10**5, 10**5), KERNEL)),
        ("conv_transpose2d", (PICTURE, KERNEL, 10**6)),
        ("sgd_step", (torch.ones(1, 10_000), torch.ones(10_000, 1), 0.1)),
        ("averaging_filter", (PICTURE, 101)),
        ("averaging_filter", (PICTURE, 0)),
        ("laplacian_filter", (np.ones((1000, 1000)),)),
    ],
)
def test_what_would_keep_the_judge_busy_is_refused(name, args):
    with pytest.raises(REFUSALS):
        STAND_INS[name](*args)
