# ruff: noqa - several files in one
# The course's own code. Keep it beside your file; grading uses the course's copy.

from __future__ import annotations


"""Code that the course gives to students of `conv_nets`; importable as `provided` in every submission."""


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


"""Networks whose training memory is estimated in part E of `conv_nets`; a part of its `provided` module.

The judge measures the very same ones. None of them pools or copies where it can do without, so that what is alive at the end of
the forward pass is the peak of the whole step.
"""


import torch
from torch import nn

NETWORKS = ("resnet18", "resnet152", "small_cnn", "wide_mlp")


def make_network(name: str, device: str = "meta") -> nn.Module:
    """Return a network with 10 classes in training mode, always with the same weights; on "meta" it has none and takes no time.

    "resnet18" and "resnet152" take pictures (B, 3, H, W), also "small_cnn"; "wide_mlp" takes rows (B, 12288).
    """
    if name not in NETWORKS:
        raise ValueError(f"no network {name!r}; there are {', '.join(NETWORKS)}")
    with torch.random.fork_rng(devices=[]), torch.device(device):
        torch.manual_seed(0)
        if name.startswith("resnet"):
            import torchvision  # not above: it takes a second, and most questions need none of it

            return getattr(torchvision.models, name)(num_classes=10)
        return _small_cnn() if name == "small_cnn" else _wide_mlp()


def _small_cnn() -> nn.Module:
    stages = [
        nn.Sequential(_unit(3, 16, 1), _unit(16, 16, 1), _unit(16, 16, 1)),
        nn.Sequential(_unit(16, 32, 2), _unit(32, 32, 1), _unit(32, 32, 1)),
        nn.Sequential(_unit(32, 64, 2), _unit(64, 64, 1), _unit(64, 64, 1)),
    ]
    return nn.Sequential(*stages, nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)))


def _unit(channels: int, filters: int, stride: int) -> nn.Module:
    convolution = nn.Conv2d(channels, filters, kernel_size=3, stride=stride, padding=1, bias=False)
    return nn.Sequential(convolution, nn.BatchNorm2d(filters), nn.ReLU(inplace=True))


def _wide_mlp() -> nn.Module:
    body = nn.Sequential(nn.Linear(12288, 128), nn.ReLU(), nn.Linear(128, 64), nn.ReLU())
    return nn.Sequential(body, nn.Sequential(nn.Linear(64, 10)))


"""Models whose parameters are counted in part E of `conv_nets`; a part of its `provided` module.

A model is made after a list, so that the judge can count on the list what a submission counts on the model.
"""


from collections.abc import Iterator, Sequence

import torch
from torch import nn


class Listed(nn.Module):
    """A module that holds some parameters and buffers, and other modules."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return x as it is: these models are counted and not run."""
        return x


def make_listed_model(
    parameters: Sequence[tuple[tuple[int, ...], torch.dtype, bool, int]],
    buffers: Sequence[tuple[tuple[int, ...], torch.dtype]] = (),
    device: str = "cpu",
) -> nn.Module:
    """Return a model with these parameters and buffers, each in a module of its own, three modules to a level of depth.

    A parameter is (shape, dtype, trains, holders): it stands in so many modules, in more than one it is shared. A buffer is
    (shape, dtype). The values are zeros.
    """
    model = Listed()
    places = _places(model)
    for shape, dtype, trains, holders in parameters:
        parameter = nn.Parameter(torch.zeros(shape, dtype=dtype, device=device), requires_grad=trains)
        for _ in range(holders):
            next(places).register_parameter("weight", parameter)
    for shape, dtype in buffers:
        next(places).register_buffer("table", torch.zeros(shape, dtype=dtype, device=device))
    return model


def _places(model: nn.Module) -> Iterator[nn.Module]:
    """Yield new modules inside a model, without end, ever deeper."""
    above, number = model, 0
    while True:
        place = Listed()
        above.add_module(f"part{number % 3 + 1}", place)
        number += 1
        if number % 3 == 0:
            above = place
        yield place


def make_resnet(depth: int = 152, num_classes: int = 10, device: str = "meta") -> nn.Module:
    """Return torchvision's ResNet of a depth; on "meta" it has shapes and no values, and takes no time."""
    import torchvision  # not above: it takes a second, and most questions need none of it

    with torch.device(device):
        return getattr(torchvision.models, f"resnet{depth}")(num_classes=num_classes)


"""Small models, data, optimizers and criteria: the same in a submission's process and in the judge.

A part of every assignment's `provided` module that lists this file. All of it is a function of its arguments alone, so a model
made here and one made with the same arguments elsewhere are equal bit by bit.
"""


import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Doubling(nn.Module):
    """Doubles its input while it trains and passes it on in eval mode: the mode is seen in every value."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(any shape) -> the same shape."""
        return 2 * x if self.training else x


class Nested(nn.Module):
    """Two blocks in a block, one of them used twice: parameters are shared and lie two levels deep."""

    def __init__(self, features: int, classes: int) -> None:
        """Make it for flat inputs of so many features."""
        super().__init__()
        self.body = nn.ModuleDict({"first": nn.Sequential(nn.Linear(features, 6), nn.Tanh()), "twice": nn.Linear(6, 6)})
        self.head = nn.Linear(6, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, ...) -> (B, classes)."""
        x = self.body["first"](x.flatten(1))
        return self.head(torch.tanh(self.body["twice"](torch.tanh(self.body["twice"](x)))))


def make_model(kind: str, seed: int = 0, *, shape: tuple[int, ...] = (1, 8, 8), classes: int = 3) -> nn.Module:
    """Return a small model for inputs (B, *shape) that answers with logits (B, classes), in training mode.

    `kind`: "linear", "mlp", "conv", "batch_norm" (its buffers move while it trains), "doubling" (doubles its logits while it
    trains), "dropout" (certain to drop nothing in eval mode), "frozen" (its first layer does not train), "nested" (shared
    parameters, two levels deep).
    """
    features = torch.Size(shape).numel()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        makers = {
            "linear": lambda: nn.Sequential(nn.Flatten(), nn.Linear(features, classes)),
            "mlp": lambda: _mlp(features, classes),
            "conv": lambda: _conv(shape[0], classes),
            "batch_norm": lambda: _normed(features, classes),
            "doubling": lambda: nn.Sequential(*_mlp(features, classes), Doubling()),
            "dropout": lambda: nn.Sequential(nn.Flatten(), nn.Linear(features, 32), nn.Dropout(0.9), nn.Linear(32, classes)),
            "frozen": lambda: _frozen(_mlp(features, classes)),
            "nested": lambda: Nested(features, classes),
        }  # fmt: skip
        if kind not in makers:
            raise ValueError(f"no model {kind!r}; there are {', '.join(makers)}")
        return makers[kind]()


def _mlp(features: int, classes: int) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(features, 8), nn.Tanh(), nn.Linear(8, classes))


def _normed(features: int, classes: int) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(features, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, classes))


def _conv(channels: int, classes: int) -> nn.Sequential:
    body = (nn.Conv2d(channels, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 4, 3), nn.AdaptiveAvgPool2d(1))
    return nn.Sequential(*body, nn.Flatten(), nn.Linear(4, classes))


def _frozen(model: nn.Sequential) -> nn.Sequential:
    model[1].requires_grad_(False)
    return model


def make_loader(
    count: int,
    batch_size: int,
    *,
    shape: tuple[int, ...] = (1, 8, 8),
    classes: int = 3,
    seed: int = 0,
    shuffle: bool = False,
    targets: str = "labels",
) -> DataLoader:
    """Return a loader of `count` inputs (*shape), float32, and their labels, int64; the last batch may be smaller.

    The classes lie apart, so that training helps. `targets="values"`: float32 targets (classes,) for a regression.
    """
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(classes, (count,), generator=generator)
    centres = torch.randn(classes, *shape, generator=generator)
    inputs = centres[labels] + 0.5 * torch.randn(count, *shape, generator=generator)
    aims = labels if targets == "labels" else torch.randn(count, classes, generator=generator)
    order = torch.Generator().manual_seed(seed + 1) if shuffle else None
    return DataLoader(TensorDataset(inputs, aims), batch_size=batch_size, shuffle=shuffle, generator=order)


def make_optimizer(model: nn.Module, name: str = "sgd", lr: float = 0.1, **options: float) -> torch.optim.Optimizer:
    """Return an optimizer over the parameters of a model that train.

    `name`: "sgd", "adam", or "groups" (SGD: biases in a group of their own with a tenth of the rate); `options` go to it.
    """
    trained = [(key, value) for key, value in model.named_parameters() if value.requires_grad]
    if name == "adam":
        return torch.optim.Adam([value for _, value in trained], lr=lr, **options)
    if name == "sgd":
        return torch.optim.SGD([value for _, value in trained], lr=lr, **options)
    if name == "groups":
        biases = {"params": [value for key, value in trained if key.endswith("bias")], "lr": lr / 10}
        weights = {"params": [value for key, value in trained if not key.endswith("bias")]}
        return torch.optim.SGD([weights, biases], lr=lr, **options)
    raise ValueError(f"no optimizer {name!r}; there are adam, groups, sgd")


def make_criterion(name: str = "cross_entropy", reduction: str = "mean") -> nn.Module:
    """Return a criterion: "cross_entropy", "smooth" (the same with label smoothing 0.1) or "mse"."""
    if name == "mse":
        return nn.MSELoss(reduction=reduction)
    if name not in ("cross_entropy", "smooth"):
        raise ValueError(f"no criterion {name!r}; there are cross_entropy, mse, smooth")
    return nn.CrossEntropyLoss(reduction=reduction, label_smoothing=0.1 if name == "smooth" else 0.0)


def fill(model: nn.Module, tensors: list[torch.Tensor]) -> nn.Module:
    """Copy tensors into a model's parameters, in the order of their definition; return the model."""
    parameters = list(model.parameters())
    if len(parameters) != len(tensors):
        raise ValueError(f"the model has {len(parameters)} parameters, and {len(tensors)} tensors came")
    with torch.no_grad():
        for parameter, tensor in zip(parameters, tensors, strict=True):
            parameter.copy_(tensor)
    return model


def set_mode(model: nn.Module, training: bool) -> nn.Module:
    """Put a model into training or eval mode; return the model."""
    return model.train(training)


def drain(loader: DataLoader, epochs: int = 1) -> list[tuple[object, ...]]:
    """Return all batches of a loader, epoch after epoch, each a tuple of its tensors."""
    return [tuple(batch) for _ in range(epochs) for batch in loader]


def snapshot(model: nn.Module) -> dict[str, object]:
    """Return what can be seen of a model from outside, as plain data, tensors as copies."""
    parameters = dict(model.named_parameters())
    gradients = {name: value.grad for name, value in parameters.items()}
    return {
        "parameters": {name: value.detach().clone() for name, value in parameters.items()},
        "buffers": {name: value.detach().clone() for name, value in model.named_buffers()},
        "gradients": {name: None if grad is None else grad.detach().clone() for name, grad in gradients.items()},
        "requires_grad": {name: value.requires_grad for name, value in parameters.items()},
        "training": {name: module.training for name, module in model.named_modules()},
        "devices": {name: value.device.type for name, value in parameters.items()},
    }


def grad_mode(enabled: bool | None = None) -> bool:
    """Return whether autograd records in this process; set it first where a value is given."""
    if enabled is not None:
        torch.set_grad_enabled(enabled)
    return torch.is_grad_enabled()


def set_gradients(model: nn.Module, value: float) -> nn.Module:
    """Leave a gradient of this value in every parameter that trains, as if of an earlier step; return the model."""
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.grad = torch.full_like(parameter, value)
    return model
