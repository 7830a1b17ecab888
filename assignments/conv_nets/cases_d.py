"""Random legal inputs of part D of `conv_nets`: domains of pictures, training runs, layers, permutations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

SIDE = 28
seeds = st.integers(0, 999)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A model, data and an optimizer, described so that the judge and a submission's process make the same ones."""

    model: str
    count: int  # samples
    batch_size: int
    seed: int
    classes: int = 3
    data_classes: int = 3  # labels below this
    criterion: str = "cross_entropy"
    optimizer: str = "sgd"
    lr: float = 0.5
    options: dict[str, float] = field(default_factory=dict)  # of the optimizer


@dataclass(frozen=True, slots=True, kw_only=True)
class Shuffle:
    """images (B, C, H, W) and a permutation of H * W positions."""

    images: torch.Tensor
    permutation: torch.Tensor


@st.composite
def counts_per_class(draw: DrawFn) -> list[int]:
    """Return different numbers of pictures of each class, in any order."""
    return draw(st.lists(st.integers(1, 7), min_size=1, max_size=3, unique=True))


@st.composite
def domains(draw: DrawFn) -> dict[str, Any]:
    """Return a domain in which every picture shows what it is: bands and background share no intensity."""
    domain: dict[str, Any] = {}
    if draw(st.booleans()):
        domain["possible_edge_location_ratio"] = draw(st.sampled_from((0.4, 0.5, 0.6)))
    if draw(st.booleans()):
        kinds = st.sampled_from(("horizontal", "vertical", "diagonal", "both", "none"))
        names = draw(st.lists(kinds, min_size=2, max_size=4, unique=True))
        domain |= {"class_type": names, "num_classes": len(names)}
    if draw(st.booleans()):
        domain |= {"min_edge_width": draw(st.integers(2, 4)), "max_edge_width": draw(st.integers(4, 6))}
    if draw(st.booleans()):
        domain |= {"min_background_intensity": 0.25, "max_background_intensity": 0.5, "min_edge_intensity": 0.625}
    if draw(st.booleans()):
        domain |= {f"num_{direction}_edge": draw(st.integers(1, 3)) for direction in ("horizontal", "vertical", "diagonal")}
    if draw(st.booleans()):
        there = np.random.RandomState(draw(seeds)).permutation(SIDE * SIDE)
        domain |= {"use_permutation": True, "permutater": there, "unpermutater": np.argsort(there)}
    return domain


@st.composite
def runs(draw: DrawFn, *, batches: int, ragged: bool = True, models: Sequence[str] = ("mlp",), **settings: Any) -> Run:
    """Return a run of so many batches; of several the last is smaller than the others where they are `ragged`."""
    batch_size = draw(st.integers(3, 5))
    last = draw(st.integers(2, batch_size - 1)) if batches > 1 and ragged else batch_size
    count = (batches - 1) * batch_size + last
    return Run(model=draw(st.sampled_from(models)), count=count, batch_size=batch_size, seed=draw(seeds), **settings)


optimizers: SearchStrategy[dict[str, Any]] = st.sampled_from(
    (
        {"optimizer": "sgd", "options": {"momentum": 0.9}},
        {"optimizer": "sgd", "options": {"weight_decay": 0.5}},
        {"optimizer": "groups"},
        {"optimizer": "adam", "lr": 0.05},
    )
)


def pictures(batch: int, *, side: int = SIDE, seed: int = 0, channels: int = 1, width: int | None = None) -> torch.Tensor:
    """Return random pictures (batch, channels, side, width), float32 between 0 and 1."""
    chance = torch.Generator().manual_seed(seed)
    return torch.rand(batch, channels, side, width or side, generator=chance)


@st.composite
def shuffles(
    draw: DrawFn, *, square: bool = True, batch: int = 1, channels: int = 1, dtype: torch.dtype = torch.float32
) -> Shuffle:
    """Return images of different whole numbers and a permutation that is not its own inverse."""
    height = draw(st.integers(2, 4))
    width = height if square else draw(st.integers(2, 6).filter(lambda side: side != height))
    values = torch.arange(batch * channels * height * width).reshape(batch, channels, height, width)
    order = draw(st.permutations(range(height * width)).filter(_is_one_way))
    images = values % 2 == 1 if dtype is torch.bool else values.to(dtype)
    return Shuffle(images=images, permutation=torch.tensor(order))


def _is_one_way(order: Sequence[int]) -> bool:
    return any(order[order[index]] != index for index in range(len(order)))


def conv_layers(*, bias: bool = True) -> SearchStrategy[tuple[Any, ...]]:
    """Return one convolution layer of any kind, as `provided.nest` takes it."""
    kinds = st.sampled_from(
        (
            *("Conv2d", "Conv1d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"),
            "PaddedConv2d",
        )
    )
    return kinds.map(lambda kind: (kind, [2, 3, 3], {"bias": bias}))


other_layers: SearchStrategy[tuple[Any, ...]] = st.sampled_from(
    (
        ("Linear", [3, 2], {}),
        ("BatchNorm2d", [3], {}),
        ("Embedding", [4, 2], {}),
        ("PReLU", [], {}),
    )
)


@st.composite
def networks(draw: DrawFn, *, bias: bool = True, depth: int = 3, frozen: bool = False) -> list[Any]:
    """Return layers in blocks in blocks, as `provided.nest` takes them; `frozen`: some other layers do not train."""
    layers: list[Any] = [draw(conv_layers(bias=bias)), draw(other_layers)]
    if frozen:
        layers.append((*draw(other_layers), "frozen"))
    if depth > 0 and draw(st.booleans()):
        layers.append(draw(networks(bias=bias, depth=depth - 1, frozen=frozen)))
    return draw(st.permutations(layers))
