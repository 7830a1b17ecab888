"""Public checks of `conv_nets`, part C: small pictures, arrays and tensors, borders included."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from assignments.conv_nets import oracles
from grader.checks.comparing import assert_image
from grader.checks.marking import question
from grader.checks.strategies import images

CONSTANT, RAMP = np.full((3, 4), 7.0), np.add.outer(np.arange(5.0), 2 * np.arange(4.0))


@question("c1")
@example(image=CONSTANT)
@given(image=images(max_side=5))
def check_mean_over_three_by_three(solution, image):
    """Each pixel becomes the mean of its 3 x 3 neighbours, borders reflected (scipy.ndimage.convolve, mode="reflect")."""
    assert_image(solution.averaging_filter(image), oracles.average(image, 3), like=image)


@question("c1")
@example(image=CONSTANT, size=5)
@given(image=images(min_side=4, max_side=7), size=st.sampled_from((1, 5, 7)))
def check_mean_over_odd_windows(solution, image, size):
    """The window is size x size, so the weights are 1 / size**2 each; a constant picture stays the same for every size."""
    assert_image(solution.averaging_filter(image, size=size), oracles.average(image, size), like=image)


@question("c2")
@example(image=CONSTANT)
@example(image=RAMP)
@given(image=images(max_side=5))
def check_laplacian_of_small_pictures(solution, image):
    """The sum of the 4 neighbours minus 4 times the pixel, borders reflected; 0 where nothing curves (scipy.ndimage)."""
    assert_image(solution.laplacian_filter(image), oracles.laplacian(image), like=image)
