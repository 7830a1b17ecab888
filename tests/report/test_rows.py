"""Arrays are laid out row by row, and nothing else is touched."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.report.rows import in_rows

CUBE = "np.array([[[1.5, 2.25, 3.125], [4.0, 5.0, 6.0]], [[7.0, 8.0, 9.0], [7.0, 8.0, 9.0]]], dtype=np.float32)"


def test_each_row_of_a_long_array_stands_on_its_own_line():
    assert in_rows(CUBE).splitlines() == [
        "np.array([[[1.5, 2.25, 3.125],",
        "           [4.0, 5.0, 6.0]],",
        "          [[7.0, 8.0, 9.0],",
        "           [7.0, 8.0, 9.0]]], dtype=np.float32)",
    ]


def test_a_short_array_and_any_other_value_stay_as_they_are():
    assert in_rows("torch.tensor([[1.0, 2.0], [3.0, 4.0]])") == "torch.tensor([[1.0, 2.0], [3.0, 4.0]])"
    assert in_rows("[[1, 2], [3, 4]]" * 9) == "[[1, 2], [3, 4]]" * 9
    assert in_rows("tensor([[1,\n        [2" + " " * 60) == "tensor([[1,\n        [2" + " " * 60


@given(st.text(alphabet="[], 1.", max_size=80))
def test_only_spaces_are_moved_whatever_the_text(text):
    assert in_rows("torch.tensor(" + text).split() == ("torch.tensor(" + text).replace("], [", "],\n[").split()
