"""Hidden checks of `conv_nets`, part C: even windows, windows larger than the picture, bright pictures, nothing left behind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from assignments.conv_nets.cases import bright_pictures
from assignments.conv_nets.judging import assert_no_memory
from grader.checks.comparing import assert_image, assert_unchanged
from grader.checks.marking import question
from grader.checks.strategies import images, small_examples

X, OTHER_X = np.arange(16.0).reshape(4, 4), np.arange(16.0).reshape(4, 4)[::-1].copy()
SQUARES, OTHER_SQUARES = X**2, OTHER_X**2
TWO_CALLS = {  # question -> its function, and two calls of the same shapes and sums with different answers
    "c1": ("averaging_filter", (X, 3), (OTHER_X, 3)),
    "c2": ("laplacian_filter", (SQUARES,), (OTHER_SQUARES,)),
}


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [pytest.param(*calls, marks=question(question_id, law=True), id=calls[0]) for question_id, calls in TWO_CALLS.items()],
)
def check_answers_of_part_c_do_not_depend_on_earlier_calls(solution, name, first, second):
    """The same call gives the same answer before and after a call with other values (contract: functions, no memory)."""
    assert_no_memory(getattr(solution, name), first, second)


@question("c1")
@given(image=images(min_side=8, max_side=10), size=st.sampled_from((2, 4, 6, 8)))
def check_mean_over_even_windows(solution, image, size):
    """An even window has no middle: it is placed as scipy.ndimage.convolve places it, one pixel further down and right."""
    assert_image(solution.averaging_filter(image, size), oracles.average(image, size), like=image)


@question("c1")
@example(image=np.full((2, 3), -3.0), size=11)
@given(image=images(max_side=4), size=st.sampled_from((9, 11, 13)))
def check_mean_over_windows_larger_than_the_picture(solution, image, size):
    """A window may be larger than the picture: the picture is reflected again and again (scipy.ndimage.convolve)."""
    assert_image(solution.averaging_filter(image, size=size), oracles.average(image, size), like=image)


@question("c1", law=True)
@given(image=images(min_side=2, max_side=6))
@small_examples
def check_averaging_leaves_the_picture_alone(solution, image):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.averaging_filter, image, size=3)


@question("c2")
@given(image=bright_pictures())
def check_laplacian_of_bright_pictures(solution, image):
    """Numbers of the size that pictures have, rectangular pictures, arrays and tensors (scipy.ndimage.convolve)."""
    assert_image(solution.laplacian_filter(image), oracles.laplacian(image), like=image)


@question("c2", law=True)
@given(image=images(min_side=2, max_side=6))
@small_examples
def check_laplacian_leaves_the_picture_alone(solution, image):
    """A function of the contract does not modify its arguments."""
    assert_unchanged(solution.laplacian_filter, image)
