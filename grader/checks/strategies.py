"""Random legal inputs for checks, made so that Hypothesis can shrink them to something a person can read."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from grader.checks.profile import small_examples as small_examples  # beside the strategies that it is used with

floating_dtypes = st.sampled_from((torch.float32, torch.float64))
_QUARTERS = torch.arange(-16, 17) / 4  # exact in every floating dtype
_WHOLE = torch.arange(-2.0, 3.0)  # so few that ties are likely


def matrices(height: int, width: int, *, dtype: torch.dtype = torch.float32) -> SearchStrategy[torch.Tensor]:
    """Return tensors (height, width) of multiples of 1/4 between -4 and 4."""
    return _matrices(height, width, _QUARTERS, dtype)


def matrices_with_ties(height: int, width: int, *, dtype: torch.dtype = torch.float32) -> SearchStrategy[torch.Tensor]:
    """Return tensors (height, width) of small whole numbers, so that equal elements are common."""
    return _matrices(height, width, _WHOLE, dtype)


def _matrices(height: int, width: int, values: torch.Tensor, dtype: torch.dtype) -> SearchStrategy[torch.Tensor]:
    # One draw of bytes for the whole matrix: a hundred draws of one number each cost ten times as much. Byte 0 is the
    # value 0, so that Hypothesis shrinks towards zeros.
    count, middle = height * width, len(values) // 2

    def matrix(data: bytes) -> torch.Tensor:
        chosen = values[(torch.frombuffer(bytearray(data), dtype=torch.uint8).long() + middle) % len(values)]
        return chosen.to(dtype).reshape(height, width)

    return st.binary(min_size=count, max_size=count).map(matrix)


@st.composite
def images(draw: DrawFn, *, min_side: int = 1, max_side: int = 9) -> np.ndarray | torch.Tensor:
    """Return a picture (h, w), an array or a tensor, float32 or float64."""
    height, width = draw(st.integers(min_side, max_side)), draw(st.integers(min_side, max_side))
    tensor = draw(matrices(height, width, dtype=draw(floating_dtypes)))
    return tensor.numpy() if draw(st.booleans()) else tensor
