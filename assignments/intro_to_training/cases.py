"""Trainings that checks ask for: a description from which the same model, data and optimizer are made on both sides."""

from __future__ import annotations

import itertools
import types
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from assignments import training_fixtures
from assignments.intro_to_training import provided as own

HERE = types.SimpleNamespace(**{**vars(training_fixtures), **vars(own)})  # the judge's own copy of `provided`
SHAPE = (1, 4, 4)  # of the inputs of small models


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A loader: how many samples in how large batches."""

    count: int
    batch_size: int
    seed: int = 0
    targets: str = "labels"

    @property
    def batches(self) -> int:
        """How many batches it has."""
        return -(-self.count // self.batch_size)

    def make(self, place: Any) -> Any:
        """Make the loader, in the runner (`provided`) or in the judge (`HERE`)."""
        return place.make_loader(self.count, self.batch_size, shape=SHAPE, seed=self.seed, targets=self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A model, its training data and how it is trained."""

    data: Data
    model: str = "mlp"
    seed: int = 0
    optimizer: str = "sgd"
    lr: float = 0.1
    options: Mapping[str, float] = field(default_factory=dict)
    criterion: str = "cross_entropy"
    training: bool = True  # the mode in which the model is handed over

    def make(self, provided: Any) -> tuple[Any, Any, Any, Any]:
        """Make model, loader, optimizer and criterion in the runner."""
        provided.start_afresh()  # another question's function may have switched autograd off: that is no defect of this one
        model = self.make_model(provided)
        optimizer = provided.make_optimizer(model, self.optimizer, self.lr, **self.options)
        return model, self.data.make(provided), optimizer, provided.make_criterion(self.criterion)

    def make_model(self, place: Any) -> Any:
        """Make the model, in the runner (`provided`) or in the judge (`HERE`)."""
        model = place.make_model(self.model, self.seed, shape=SHAPE)
        return model if self.training else place.set_mode(model, False)


FIVE = Data(count=10, batch_size=2)
# Models that compute something else while they train. Batches are not tiny for them: the normalisation of two nearly equal
# numbers blows up the rounding of float32.
WITH_MODES = ("doubling", "batch_norm")
LARGER = Data(count=18, batch_size=6)
OPTIMIZERS = (
    {"optimizer": "sgd", "lr": 0.1, "options": {"momentum": 0.9}},
    {"optimizer": "sgd", "lr": 0.1, "options": {"weight_decay": 0.2}},
    {"optimizer": "groups", "lr": 0.1, "options": {"momentum": 0.5}},
    {"optimizer": "adam", "lr": 0.01},
)
optimizers = st.sampled_from(OPTIMIZERS)
seeds = st.integers(0, 999)


@st.composite
def even_data(draw: DrawFn, *, min_batches: int = 2, max_batches: int = 6, min_size: int = 2) -> Data:
    """Draw a loader whose batches are all of one size."""
    size = draw(st.integers(min_size, min_size + 3))
    return Data(count=size * draw(st.integers(min_batches, max_batches)), batch_size=size, seed=draw(seeds))


@st.composite
def uneven_data(draw: DrawFn, *, min_batches: int = 2, max_batches: int = 5) -> Data:
    """Draw a loader whose last batch is smaller than the others, and at least two samples."""
    size = draw(st.integers(4, 7))
    rest = draw(st.integers(2, size - 2))
    return Data(count=size * (draw(st.integers(min_batches, max_batches)) - 1) + rest, batch_size=size, seed=draw(seeds))


Layer = tuple[object, ...]  # name of a class in torch.nn, its arguments, and perhaps a dict of keywords


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """Layers in a row, as `provided.stack_of` makes them, and the shape of one input."""

    layers: tuple[Layer, ...]
    shape: tuple[int, ...]


@st.composite
def perceptrons(draw: DrawFn) -> Network:
    """Draw linear layers with ReLUs between them, for pictures."""
    shape = draw(st.tuples(st.integers(1, 3), st.integers(4, 12), st.integers(4, 12)))
    widths = [torch.Size(shape).numel(), *draw(st.lists(st.integers(5, 60), min_size=1, max_size=3))]
    layers: list[Layer] = [("Flatten",)]
    for before, after in itertools.pairwise(widths):
        layers += [("Linear", before, after), ("ReLU",)]
    return Network(layers=(*layers, ("Linear", widths[-1], 10)), shape=shape)


@st.composite
def convolutional_networks(draw: DrawFn, *, plain: bool = True) -> Network:
    """Draw convolutions with ReLUs between them and a linear layer; unless `plain`, with strides, groups, gaps and norms.

    There are so many channels that the cheap layers cost little beside the convolutions.
    """
    channels = 8 * draw(st.integers(2, 3))
    side = draw(st.integers(8, 14))
    shape = (channels, side, side if plain else draw(st.integers(8, 14)))
    layers: list[Layer] = []
    for _ in range(draw(st.integers(1, 2))):
        filters = 8 * draw(st.integers(2, 4))
        more = {"padding": 1} if plain else draw(_ways)
        layers += [("Conv2d", channels, filters, 3, more), *([] if plain else [("BatchNorm2d", filters)]), ("ReLU",)]
        channels = filters
    return Network(layers=(*layers, ("AdaptiveMaxPool2d", 1), ("Flatten",), ("Linear", channels, 10)), shape=shape)


_ways = st.fixed_dictionaries(
    {
        "stride": st.integers(1, 2),
        "padding": st.integers(1, 2),
        "groups": st.sampled_from((1, 2)),
        "dilation": st.integers(1, 2),
        "bias": st.booleans(),
    }
)
