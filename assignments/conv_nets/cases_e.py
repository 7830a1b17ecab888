"""Random legal inputs of part E of `conv_nets`."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from grader.checks.strategies import matrices

Parameter = tuple[tuple[int, ...], torch.dtype, bool, int]  # shape, dtype, whether it trains, how many modules hold it

FEATURES, CLASSES = 3, 2  # of the models whose gradients are accumulated
_FLOATS = (torch.float32, torch.float64, torch.float16, torch.bfloat16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accumulation:
    """A model of the fixtures, a criterion's name, a batch (B, FEATURES) with its targets, and the size of a piece."""

    kind: str
    seed: int
    criterion: str
    inputs: torch.Tensor
    targets: torch.Tensor
    micro_batch: int


@st.composite
def parameter_lists(
    draw: DrawFn, *, mixed: bool = False, frozen: bool = False, shared: bool = False, least: int = 0
) -> list[Parameter]:
    """Return parameters of a model: of several dtypes (`mixed`, else float32), some of them frozen, some of them shared."""
    parameter = st.tuples(
        st.lists(st.integers(1, 24), max_size=3).map(tuple),
        st.sampled_from(_FLOATS) if mixed else st.just(torch.float32),
        st.booleans() if frozen else st.just(True),
        st.integers(1, 3) if shared else st.just(1),
    )
    return draw(st.lists(parameter, min_size=least, max_size=6))


def elements(parameters: list[Parameter], *, only_trainable: bool = False) -> int:
    """Return how many numbers the parameters of a list hold."""
    return sum(math.prod(shape) for shape, _, trains, _ in parameters if trains or not only_trainable)


def megabytes(parameters: list[Parameter], *, only_trainable: bool = False) -> float:
    """Return the size of the parameters of a list, in MB."""
    size = sum(math.prod(shape) * dtype.itemsize for shape, dtype, trains, _ in parameters if trains or not only_trainable)
    return size / 10**6


def candidate_lists(*, ordered: bool, least: int = 0) -> SearchStrategy[list[int]]:
    """Return batch sizes: ascending and each once, or in any order with repetitions."""
    sizes = st.lists(st.integers(1, 64), min_size=least, max_size=8, unique=ordered)
    return sizes.map(sorted) if ordered else sizes


@st.composite
def accumulations(draw: DrawFn, *, pieces: str, kinds: tuple[str, ...] = ("mlp", "linear", "nested")) -> Accumulation:
    """Return what to accumulate, in `pieces` that are "equal", "ragged" (the last one is smaller) or "one" (with room left)."""
    micro_batch = draw(st.integers(2 if pieces == "ragged" else 1, 4))
    count = draw(st.integers(1, 3)) * micro_batch
    if pieces == "ragged":
        count += draw(st.integers(1, micro_batch - 1))
    if pieces == "one":
        micro_batch = count + draw(st.integers(1, 20))
    criterion = draw(st.sampled_from(("mse", "cross_entropy")))
    labels = st.lists(st.integers(0, CLASSES - 1), min_size=count, max_size=count).map(torch.tensor)
    return Accumulation(
        kind=draw(st.sampled_from(kinds)),
        seed=draw(st.integers(0, 3)),
        criterion=criterion,
        inputs=draw(matrices(count, FEATURES)),
        targets=draw(matrices(count, CLASSES) if criterion == "mse" else labels),
        micro_batch=micro_batch,
    )
