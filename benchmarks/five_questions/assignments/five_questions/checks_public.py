"""Public checks of `five_questions`: a few worked examples for each question, as most graders are used.

Every statement is one comparison of one call. `benchmarks/five_questions/translating.py` makes the tests of the other graders
from this file, so that all do the same work.
"""

from __future__ import annotations

import torch

from grader.checks.comparing import assert_close, assert_int, assert_ints
from grader.checks.marking import question

X = torch.arange(20.0).reshape(4, 5)
CORNERS = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
EDGES = torch.tensor([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]])


@question("a1")
def check_parameters_of_known_layers(solution):
    """A layer has filters * in_channels * kernel**2 weights and one bias for each filter (torch.nn.Conv2d)."""
    assert_ints(solution.conv_param_count(3, 64, 7), (9408, 64))
    assert_ints(solution.conv_param_count(1, 10, 3), (90, 10))
    assert_ints(solution.conv_param_count(10, 10, 3), (900, 10))
    assert_ints(solution.conv_param_count(in_channels=4, filters=1, kernel=1), (4, 1))


@question("a2")
def check_output_shapes_of_known_layers(solution):
    """Each side is floor((n + 2 * padding - span) / stride) + 1, where the span is dilation * (kernel - 1) + 1."""
    assert_ints(solution.conv_output_shape(28, 28, 3, padding=1, filters=10), (28, 28, 10))
    assert_ints(solution.conv_output_shape(5, 9, 2, stride=2), (2, 4, 1))
    assert_ints(solution.conv_output_shape(7, 7, 3, dilation=2), (3, 3, 1))
    assert_ints(solution.conv_output_shape(224, 224, 7, stride=2, padding=3, filters=64), (112, 112, 64))
    assert_ints(solution.conv_output_shape(3, 4, 1, stride=5), (1, 1, 1))


@question("a3")
def check_output_shapes_of_known_pools(solution):
    """stride=None means the kernel's size, and the last incomplete window is dropped (torch.nn.MaxPool2d)."""
    assert_ints(solution.pool_output_shape(28, 28, 10, 2), (14, 14, 10))
    assert_ints(solution.pool_output_shape(7, 7, 10, 2), (3, 3, 10))
    assert_ints(solution.pool_output_shape(7, 9, 10, 3, stride=1), (5, 7, 10))
    assert_ints(solution.pool_output_shape(112, 112, 64, 3, 2), (55, 55, 64))


@question("a4")
def check_receptive_fields_of_known_stacks(solution):
    """Each layer adds (kernel - 1) * dilation steps of the product of the strides before it (Araujo et al. 2019)."""
    assert_int(solution.receptive_field([]), 1)
    assert_int(solution.receptive_field([(3, 1), (3, 1)]), 5)
    assert_int(solution.receptive_field([(3, 2), (3, 1)]), 7)
    assert_int(solution.receptive_field([(2, 1, 4)]), 5)
    assert_int(solution.receptive_field([(3, 1), (2, 2), (3, 1), (2, 2)]), 10)


@question("b1")
def check_convolutions_worked_out_by_hand(solution):
    """y[i, j] is the sum of x[i + u, j + v] * w[u, v]: the kernel is not flipped."""
    assert_close(solution.conv2d(X[:2, :3], CORNERS), torch.tensor([[41.0, 51.0]]))
    assert_close(solution.conv2d(X[:3, :2], CORNERS), torch.tensor([[41.0], [91.0]]))
    assert_close(solution.conv2d(X, EDGES), torch.full((2, 3), -8.0))
    assert_close(solution.conv2d(X.double(), torch.ones(1, 1).double()), X.double())
