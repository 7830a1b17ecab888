"""Expected values for part D of `conv_nets`: pictures by their definition, networks by torch's operators, epochs by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn

from assignments import training_fixtures
from assignments.conv_nets import provided
from assignments.conv_nets.cases_d import Run

Weights = Mapping[str, torch.Tensor]  # "conv1.weight", "conv1.bias", ...

IMAGE_DTYPE = torch.float32  # the contract's, for all tensors


# d1: what a picture shows


def misfit(picture: torch.Tensor, label: int, domain: Mapping[str, Any]) -> str:
    """Return what in a picture (H, W) does not fit its label and a training domain, "" where all of it fits.

    In the domain every band is brighter than every background.
    """
    config = provided.DEFAULT_DOMAIN | dict(domain)
    side = config["spatial_resolution"]
    if not 0 <= label < len(config["class_type"]):
        return f"the label is {label} and there are {len(config['class_type'])} classes"
    if config["use_permutation"]:
        picture = picture.reshape(-1)[torch.from_numpy(config["unpermutater"])].reshape(side, side)
    name, background = config["class_type"][label], picture.min()
    is_band = picture != background
    if not _is_between(float(background), config["min_background_intensity"], config["max_background_intensity"]):
        return f"the background's intensity is {background:.3f}"
    if name == "none":
        return "there is a band" if bool(is_band.any()) else ""
    bright = picture[is_band]
    for value in (float(bright.min()), float(bright.max())) if bright.numel() else ():
        if not _is_between(value, config["min_edge_intensity"], config["max_edge_intensity"]):
            return f"a band's intensity is {value:.3f}"
    return _misplaced(is_band, name, config)


def _is_between(value: float, least: float, most: float) -> bool:
    half_a_level = 0.5 / 255 + 1e-6  # pictures are bytes, and a float32 knows no third
    return least - half_a_level <= value <= most + half_a_level


def _misplaced(is_band: torch.Tensor, name: str, config: Mapping[str, Any]) -> str:
    side = len(is_band)
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    numberings = {
        "horizontal": (rows,),
        "vertical": (columns,),
        "both": (rows, columns),
        "diagonal": (rows + columns, rows + side - 1 - columns),
    }[name]
    lines = [_full_lines(is_band, numbering) for numbering in numberings]
    covered = torch.zeros_like(is_band)
    for numbering, numbers in zip(numberings, lines, strict=True):
        covered |= torch.isin(numbering, torch.tensor(numbers, dtype=torch.long))
    if not bool(is_band.any()) or not torch.equal(covered, is_band):
        return f"the bands are not those of class {name!r}"
    directions = {"both": ("horizontal", "vertical")}.get(name, (name,))
    most = sum(config[f"num_{direction}_edge"] for direction in directions) * config["max_edge_width"]
    number = sum(map(len, lines))
    if not config["min_edge_width"] <= number <= most:
        return f"{number} rows, columns or diagonals are covered by bands"
    end = config["possible_edge_location_ratio"] * (2 * side - 1 if name == "diagonal" else side)
    beyond = [line for numbers in lines for line in numbers if line >= int(end)]
    return f"a band lies at {beyond[0]}, beyond the training part, which ends at {int(end)}" if beyond and end < side else ""


def _full_lines(is_band: torch.Tensor, numbering: torch.Tensor) -> list[int]:
    """Return the lines, of those long enough to be one, of which every pixel belongs to a band."""
    side, count = len(is_band), int(numbering.max()) + 1
    margin = 1 if count == side else side // 2  # a band of the other diagonals covers short ones near a corner
    return [line for line in range(margin, count - margin) if bool(is_band[numbering == line].all())]


# d2, d3: the networks


@dataclass(frozen=True, slots=True, kw_only=True)
class Logits:
    """What a network with given weights answers, and what it answers with a known mistake."""

    right: torch.Tensor  # (B, classes)
    mistakes: dict[str, torch.Tensor]  # what is wrong -> the logits that come of it


def cnn(x: torch.Tensor, weights: Weights) -> Logits:
    """Return the logits of d2's network with these weights, computed in float64."""
    w = {name: value.double() for name, value in weights.items()}
    padding = (w["conv1.weight"].shape[-1] - 1) // 2
    first = F.conv2d(x.double(), w["conv1.weight"], w["conv1.bias"], padding=padding)
    second = F.conv2d(F.max_pool2d(first.clamp(min=0), 2), w["conv2.weight"], w["conv2.bias"], padding=padding)
    unpooled = F.conv2d(first.clamp(min=0), w["conv2.weight"], w["conv2.bias"], padding=padding)
    pooled = {
        "": second.clamp(min=0).mean((2, 3)),
        "the relu after conv2 is missing": second.mean((2, 3)),
        "the largest answer of each filter is taken, not the mean": second.clamp(min=0).amax((2, 3)),
        "the max pooling after conv1 is missing": unpooled.clamp(min=0).mean((2, 3)),
    }
    logits = {name: (value @ w["fc.weight"].T + w["fc.bias"]).float() for name, value in pooled.items()}
    return _with_softmax(logits)


def mlp(x: torch.Tensor, weights: Weights) -> Logits:
    """Return the logits of d3's network with these weights, computed in float64."""

    def through(relus: tuple[bool, bool, bool]) -> torch.Tensor:
        h = x.double().flatten(1)
        for name, relu in zip(("fc1", "fc2", "fc3"), relus, strict=True):
            h = h @ weights[f"{name}.weight"].double().T + weights[f"{name}.bias"].double()
            h = h.clamp(min=0) if relu else h
        return h.float()

    logits = {
        "": through((True, True, False)),
        "the relus are missing": through((False, False, False)),
        "the relu after fc1 is missing": through((False, True, False)),
        "the relu after fc2 is missing": through((True, False, False)),
        "there is a relu after fc3, and logits may be negative": through((True, True, True)),
    }
    return _with_softmax(logits)


def _with_softmax(logits: dict[str, torch.Tensor]) -> Logits:
    right = logits.pop("")
    softmax = "a softmax is applied, and the criterion applies its own: return the logits"
    return Logits(right=right, mistakes=logits | {softmax: right.softmax(1), f"log_{softmax}": right.log_softmax(1)})


# d4, d5: one epoch


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """What one pass over the data gives; `losses` and `sizes` are of its batches."""

    losses: tuple[float, ...]
    sizes: tuple[int, ...]
    accuracy: float
    confusion: torch.Tensor
    after: dict[str, Any]  # what is seen of the model afterwards

    @property
    def loss(self) -> float:
        """The mean over samples."""
        return sum(loss * size for loss, size in zip(self.losses, self.sizes, strict=True)) / sum(self.sizes)


def parts_of(there: Any, run: Run) -> tuple[Any, Any, Any, Any]:
    """Return model, optimizer, criterion, loader of a run, made in a submission's process; `there` is the `provided` fixture."""
    there.grad_mode(True)  # whatever an earlier call has left
    model = there.make_model(run.model, run.seed, classes=run.classes)
    optimizer = there.make_optimizer(model, run.optimizer, run.lr, **run.options)
    loader = there.make_loader(run.count, run.batch_size, classes=run.data_classes, seed=run.seed)
    return model, optimizer, there.make_criterion(run.criterion), loader


def _model_and_data(run: Run) -> tuple[nn.Module, nn.Module, Iterable[Any]]:
    """Return the same model, criterion and loader in this process."""
    model = training_fixtures.make_model(run.model, run.seed, classes=run.classes)
    loader = training_fixtures.make_loader(run.count, run.batch_size, classes=run.data_classes, seed=run.seed)
    return model, training_fixtures.make_criterion(run.criterion), loader


def other(run: Run) -> Run:
    """Return a run of the same kind with other data and another model."""
    return replace(run, seed=run.seed + 1, count=2 * run.count)


def trained(run: Run, *, clears: bool = True, steps: bool = True) -> Epoch:
    """Return what an epoch of training in training mode gives; with `clears=False` or `steps=False` a known mistake."""
    model, criterion, loader = _model_and_data(run)
    model.train()
    step = _stepping(model, run)

    def learn(loss: torch.Tensor) -> None:
        if clears:
            model.zero_grad()
        loss.backward()
        if steps:
            step()

    return _pass(model, criterion, loader, learn, run.classes)


def evaluated(run: Run, *, training: bool = False) -> Epoch:
    """Return what a pass without learning gives, in eval mode or, with `training=True`, in the wrong one."""
    model, criterion, loader = _model_and_data(run)
    model.train(training)
    with torch.no_grad():
        return _pass(model, criterion, loader, lambda loss: None, run.classes)


def _pass(
    model: nn.Module, criterion: nn.Module, loader: Iterable[Any], learn: Callable[[torch.Tensor], None], classes: int
) -> Epoch:
    losses, sizes, confusion = [], [], torch.zeros(classes, classes, dtype=torch.int64)
    for inputs, labels in loader:
        logits = model(inputs)
        loss = criterion(logits, labels)
        learn(loss)
        losses.append(float(loss.detach()))
        sizes.append(len(labels))
        for true, predicted in zip(labels.tolist(), logits.argmax(1).tolist(), strict=True):
            confusion[true, predicted] += 1
    return Epoch(
        losses=tuple(losses),
        sizes=tuple(sizes),
        accuracy=int(confusion.trace()) / sum(sizes),
        confusion=confusion,
        after=training_fixtures.snapshot(model),
    )


def _stepping(model: nn.Module, run: Run) -> Callable[[], None]:
    """Return a function that makes one step of the run's optimizer.

    SGD with momentum as torch.optim documents it (velocity = momentum * velocity + gradient); Adam: Kingma & Ba 2015, algorithm
    1. By the formulas: the first optimizer of torch in a process imports its compiler, which takes 5 seconds.
    """
    trained = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    means, squares = ([torch.zeros_like(value) for _, value in trained] for _ in range(2))
    steps = 0

    @torch.no_grad()
    def step() -> None:
        nonlocal steps
        steps += 1
        for (name, value), mean, square in zip(trained, means, squares, strict=True):
            assert value.grad is not None
            gradient = value.grad + run.options.get("weight_decay", 0.0) * value
            lr = run.lr / 10 if run.optimizer == "groups" and name.endswith("bias") else run.lr
            if run.optimizer == "adam":
                mean.lerp_(gradient, 1 - 0.9)
                square.lerp_(gradient**2, 1 - 0.999)
                gradient = (mean / (1 - 0.9**steps)) / ((square / (1 - 0.999**steps)).sqrt() + 1e-8)
            else:
                gradient = mean.mul_(run.options.get("momentum", 0.0)).add_(gradient)
            value -= lr * gradient

    return step


# d6: convolutions


def convolution_parameters(layers: Sequence[Any], prefix: str = "") -> list[str]:
    """Return the names of the parameters of all convolution layers of a network that `provided.nest` makes."""
    names: list[str] = []
    for index, layer in enumerate(layers):
        if isinstance(layer, list):
            names += convolution_parameters(layer, f"{prefix}{index}.")
        elif "Conv" in layer[0]:
            names += [f"{prefix}{index}.{kind}" for kind in ("weight", "bias") if kind == "weight" or layer[2]["bias"]]
    return names
