"""Code that the course gives to students of `conv_nets`; importable as `provided` in every submission."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import Dataset

DEFAULT_DOMAIN: dict[str, Any] = {  # what `domain_config` leaves out
    "data_per_class": 1000,
    "num_classes": 3,
    "class_type": ["horizontal", "vertical", "none"],
    "spatial_resolution": 28,
    "min_edge_width": 1,
    "max_edge_width": 4,
    "min_edge_intensity": 0.25,
    "max_edge_intensity": 1,
    "min_background_intensity": 0,
    "max_background_intensity": 0.2,
    "possible_edge_location_ratio": 1.0,
    "num_horizontal_edge": 1,
    "num_vertical_edge": 1,
    "num_diagonal_edge": 1,
    "use_permutation": False,
    "permutater": None,
    "unpermutater": None,
}
CLASS_TYPES = ("horizontal", "vertical", "diagonal", "both", "none")
MODES = ("train", "valid")


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's random numbers."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class EdgeDetectionDataset(Dataset):
    """Grey pictures of bright bands, "edges", on a dark, even background; the label says in which direction they run.

    `dataset[i]` is `(image, label)`: a square PIL image of mode "L" (bytes, 255 is white) and an int. The pictures lie in
    order: first `data_per_class` of class 0, then those of class 1, and so on. Label k means `class_type[k]`:

    | class type     | bands                                                                            |
    |----------------|----------------------------------------------------------------------------------|
    | `"horizontal"` | `num_horizontal_edge` bands that cover whole rows                                |
    | `"vertical"`   | `num_vertical_edge` bands that cover whole columns                               |
    | `"diagonal"`   | `num_diagonal_edge` bands that cover whole diagonals, falling or rising          |
    | `"both"`       | `num_horizontal_edge` horizontal ones, and over them `num_vertical_edge` vertical |
    | `"none"`       | none: background alone                                                           |

    `domain_config` is a dict; what it leaves out is taken from `DEFAULT_DOMAIN`. Its keys:

    - `data_per_class`, `num_classes`, `class_type`: how many pictures of which classes; `num_classes` is the length of
      `class_type`.
    - `spatial_resolution`: the side of a picture, in pixels.
    - `min_edge_width`, `max_edge_width`: a band is that many rows (columns, diagonals) wide, both ends included.
    - `min_edge_intensity`, `max_edge_intensity`, `min_background_intensity`, `max_background_intensity`: how bright a band
      and a background are, from 0 (black) to 1 (white). One number for each band and one for each background.
    - `possible_edge_location_ratio`: 1.0 lets a band lie anywhere. Below 1 there is a *domain shift*: with mode="train" bands
      lie in the first part of the picture (rows or columns below `int(ratio * spatial_resolution)`), with mode="valid" in
      the rest. A band lies wholly in its part and never on the outermost rows and columns. Of the
      `2 * spatial_resolution - 1` diagonals, numbered from one corner to the opposite one, a band takes only such as
      are at least half as long as the picture, and the ratio divides them likewise.
    - `num_horizontal_edge`, `num_vertical_edge`, `num_diagonal_edge`: see above.
    - `use_permutation`: whether the pixels of every picture change places: pixel i of the new picture, counted row by row, is
      pixel `permutater[i]` of the old one. `permutater` and `unpermutater` are index arrays of H * W, each the inverse of the
      other, e.g. `permutater = np.random.permutation(28 * 28)` and `unpermutater = np.argsort(permutater)`.

    All pictures are drawn once, when the data set is made, from NumPy's random numbers: after `set_seed(seed)` the same data
    sets made in the same order hold the same pictures, and `dataset[i]` is the same picture every time. Two data sets made
    one after the other hold different pictures.

    `transform`, where given, is called with the PIL image each time it is asked for; its result takes the image's place.

    Raises:
        ValueError: a key, a mode or a class type that is not known, or settings that do not fit together.
    """

    def __init__(
        self,
        domain_config: Mapping[str, Any] | None = None,
        mode: str = "train",
        transform: Callable[[Image.Image], Any] | None = None,
    ) -> None:
        self.domain_config = DEFAULT_DOMAIN | dict(domain_config or {})
        _require_domain(self.domain_config)
        if mode not in MODES:
            raise ValueError(f"mode is {mode!r} and must be one of {', '.join(MODES)}")
        self.mode = mode
        self.transform = transform
        self.class_type: list[str] = list(self.domain_config["class_type"])
        pictures = np.concatenate([self._draw(name) for name in self.class_type])
        self.images = [Image.fromarray(picture) for picture in pictures]
        self.labels = [label for label in range(len(self.class_type)) for _ in range(self.domain_config["data_per_class"])]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Any, int]:
        image = self.images[index].copy()
        return (self.transform(image) if self.transform else image), self.labels[index]

    def _draw(self, class_type: str) -> np.ndarray:
        """Return all pictures of one class, uint8 (data_per_class, side, side)."""
        config = self.domain_config
        count, side = config["data_per_class"], config["spatial_resolution"]
        rows, columns = np.mgrid[0:side, 0:side]
        background = self._intensities("background", count)
        pictures = np.broadcast_to(background[:, None, None], (count, side, side)).copy()
        if class_type in ("horizontal", "both"):
            self._add_bands(pictures, [rows], side, config["num_horizontal_edge"])
        if class_type in ("vertical", "both"):
            self._add_bands(pictures, [columns], side, config["num_vertical_edge"])
        if class_type == "diagonal":
            diagonals = [rows + columns, rows + side - 1 - columns]
            self._add_bands(pictures, diagonals, 2 * side - 1, config["num_diagonal_edge"])
        if config["use_permutation"]:
            pictures = pictures.reshape(count, -1)[:, np.asarray(config["permutater"])].reshape(pictures.shape)
        return np.round(255 * pictures).astype(np.uint8)

    def _add_bands(self, pictures: np.ndarray, numberings: list[np.ndarray], lines: int, bands: int) -> None:
        """Draw bands into every picture; a numbering (side, side) says on which line, of so many, a pixel lies."""
        first, end = _part(self.domain_config, self.mode, lines)
        for _ in range(bands):
            count = len(pictures)
            least, most = (self.domain_config[key] for key in ("min_edge_width", "max_edge_width"))
            width = np.minimum(np.random.randint(least, most + 1, count), end - first)
            start = np.random.randint(first, end - width + 1)
            intensity = self._intensities("edge", count)
            direction = np.random.randint(len(numberings), size=count)
            line = np.stack(numberings)[direction]  # (count, side, side)
            is_band = (line >= start[:, None, None]) & (line < (start + width)[:, None, None])
            np.copyto(pictures, intensity[:, None, None], where=is_band)

    def _intensities(self, what: str, count: int) -> np.ndarray:
        return np.random.uniform(self.domain_config[f"min_{what}_intensity"], self.domain_config[f"max_{what}_intensity"], count)


def _part(config: Mapping[str, Any], mode: str, lines: int) -> tuple[int, int]:
    """Return the first line on which a band may lie and the one after the last, of so many rows, columns or diagonals."""
    side, ratio = config["spatial_resolution"], config["possible_edge_location_ratio"]
    margin = 1 if lines == side else side // 2
    first, end = margin, lines - margin
    if ratio < 1:
        border = min(max(int(ratio * lines), first), end)
        first, end = (first, border) if mode == "train" else (border, end)
    if first >= end:
        raise ValueError(
            f"possible_edge_location_ratio={ratio} leaves no place for an edge in a picture of side {side} with mode={mode!r}; "
            f"choose a ratio nearer to 0.5 or larger pictures"
        )
    return first, end


def _require_domain(config: Mapping[str, Any]) -> None:
    unknown = sorted(set(config) - set(DEFAULT_DOMAIN))
    if unknown:
        raise ValueError(f"domain_config has unknown keys {', '.join(unknown)}; known are {', '.join(DEFAULT_DOMAIN)}")
    names = list(config["class_type"])
    strange = [name for name in names if name not in CLASS_TYPES]
    if strange:
        raise ValueError(f"class_type names {strange}; known are {', '.join(CLASS_TYPES)}")
    if len(names) != config["num_classes"]:
        raise ValueError(f"num_classes is {config['num_classes']} and class_type names {len(names)} classes: {names}; give both")
    if config["data_per_class"] < 1:
        raise ValueError(f"data_per_class is {config['data_per_class']} and must be at least 1")
    _require_ranges(config)
    if config["use_permutation"]:
        _require_permutation(config)


def _require_ranges(config: Mapping[str, Any]) -> None:
    for what, lowest, highest in (("edge_width", 1, None), ("edge_intensity", 0, 1), ("background_intensity", 0, 1)):
        least, most = config[f"min_{what}"], config[f"max_{what}"]
        if not lowest <= least <= most or (highest is not None and most > highest):
            legal = f"at least {lowest}" if highest is None else f"from {lowest} to {highest}"
            raise ValueError(f"min_{what}={least} and max_{what}={most} must be in this order, {legal}")
    for direction in ("horizontal", "vertical", "diagonal"):
        bands = config[f"num_{direction}_edge"]
        if bands < 1:
            raise ValueError(f"num_{direction}_edge is {bands} and must be at least 1; leave out the class instead")


def _require_permutation(config: Mapping[str, Any]) -> None:
    if config["permutater"] is None or config["unpermutater"] is None:
        raise ValueError("use_permutation=True needs permutater and unpermutater")
    pixels = np.arange(config["spatial_resolution"] ** 2)
    there, back = np.asarray(config["permutater"]), np.asarray(config["unpermutater"])
    if there.shape != pixels.shape or back.shape != pixels.shape or not np.array_equal(np.sort(there), pixels):
        raise ValueError(f"permutater and unpermutater must each hold every index from 0 to {len(pixels) - 1} once")
    if not np.array_equal(there[back], pixels):
        raise ValueError("unpermutater is not the inverse of permutater; make it with np.argsort(permutater)")


class PaddedConv2d(nn.Conv2d):
    """A convolution that keeps the size of its input: a class of one's own, derived from a layer of torch."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, bias: bool = True) -> None:
        super().__init__(in_channels, out_channels, kernel_size, padding="same", bias=bias)


def nest(layers: Sequence[Any]) -> nn.Sequential:
    """Return the layers as an `nn.Sequential`, for trying out functions that walk through a model.

    A layer is `(name, args, kwargs)`, for example `("Conv2d", [1, 4, 3], {"bias": False})` for `nn.Conv2d(1, 4, 3,
    bias=False)`; the name is a class of `torch.nn` or "PaddedConv2d". With "frozen" as a fourth item its parameters do not
    train. A list is a block: an `nn.Sequential` of its own, and blocks may stand in blocks.
    """
    return nn.Sequential(*(nest(layer) if isinstance(layer, list) else _layer(*layer) for layer in layers))


def _layer(name: str, args: Sequence[Any], kwargs: Mapping[str, Any], frozen: str = "") -> nn.Module:
    kind = PaddedConv2d if name == "PaddedConv2d" else getattr(nn, name)
    layer: nn.Module = kind(*args, **kwargs)
    return layer.requires_grad_(not frozen)
