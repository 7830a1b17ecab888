"""Random data for the figures of part F: accuracies over numbers of images, and confusion matrices with class names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

# A figure takes a hundred times as long as a small call, and these cases are small as they are: no search for smaller ones.
few_figures = settings(max_examples=3, phases=(Phase.generate,))
ACCURACIES = ([10, 20, 50, 100], [0.5, 0.75, 0.9, 0.95], [0.35, 0.4, 0.45, 0.6])  # counts, CNN, MLP
MATRIX = np.array([[7, 2, 1], [0, 8, 3], [4, 5, 6]])
NAMES = ["horizontal", "vertical", "none"]
_COUNTS = (1, 2, 5, 10, 15, 20, 25, 50, 75, 100, 150, 200, 300, 500, 1000)
_NAMES = ("horizontal", "vertical", "none", "diagonal", "both", "an edge along a curve that closes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracies:
    """The arguments of `plot_validation_accuracy`: counts from small to large, all different; fractions in [0, 1]."""

    counts: list[int]
    cnn: list[float]
    mlp: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """The arguments of `plot_confusion`: (n, n) int64, rows true and columns predicted; n names, all different."""

    matrix: np.ndarray | torch.Tensor
    names: list[str]

    @property
    def counts(self) -> np.ndarray:
        """The matrix as an array."""
        return np.asarray(self.matrix)


@st.composite
def accuracies(draw: DrawFn, *, least: int, most: int) -> Accuracies:
    """Return accuracies for `least` to `most` numbers of images, as lists.

    The two networks' accuracies differ everywhere, and the counts are not evenly spaced, so that nothing stands for another.
    """
    counts = sorted(draw(st.lists(st.sampled_from(_COUNTS), min_size=least, max_size=most, unique=True)))
    cnn = [draw(st.integers(34, 99)) for _ in counts]
    mlp = [value - draw(st.integers(1, 30)) for value in cnn]
    return Accuracies(counts=counts, cnn=[value / 100 for value in cnn], mlp=[value / 100 for value in mlp])


@st.composite
def confusions(draw: DrawFn, *, least: int, most: int, wide: bool = False) -> Confusion:
    """Return a confusion matrix of `least` to `most` classes; every count is another one, so that it is not symmetric.

    `wide`: a tensor, with a zero and a count of four digits among its counts.
    """
    classes = draw(st.integers(least, most))
    cells = classes**2
    counts = draw(st.lists(st.integers(1, 99), min_size=cells, max_size=cells, unique=True))
    names = draw(st.permutations(_NAMES))[:classes]
    if wide:
        none, many = draw(st.permutations(range(cells)))[:2]
        counts[none], counts[many] = 0, counts[many] + 1000 * draw(st.integers(1, 9))
    matrix = np.array(counts, dtype=np.int64).reshape(classes, classes)
    return Confusion(matrix=torch.from_numpy(matrix) if wide else matrix, names=list(names))
