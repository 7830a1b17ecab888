"""A function without a memory answers a call in the same way before and after another one."""

from __future__ import annotations

import pytest
import torch

from assignments.conv_nets.judging import assert_no_memory
from grader.checks.comparing import CheckFailure


def refused(function):
    with pytest.raises(CheckFailure) as caught:
        assert_no_memory(function, (torch.zeros(2),), (torch.ones(2),))
    return caught.value.message


def test_a_function_that_depends_on_its_arguments_alone_passes():
    assert_no_memory(lambda x: x + 1, (torch.zeros(2),), (torch.ones(2),))
    assert_no_memory(lambda x: (x,), (1,), (2,))


def test_an_answer_that_changes_after_another_call_is_refused():
    calls = []
    assert refused(lambda x: (x, len(calls), calls.append(x))) == "asked again after another call, it gives another answer"


def test_one_answer_for_all_calls_is_refused():
    assert refused(lambda x: 7) == "two calls that differ got the same answer"
