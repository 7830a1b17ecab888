# ruff: noqa - several files in one
# The course's own code. Keep it beside your file; grading uses the course's copy.

from __future__ import annotations


"""Code that the course gives to students of `intro_to_training`; importable as `provided` in every submission.

`mnist_loaders` is for you. The small models and loaders below it are what the grader tries your functions on.
"""


import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

MEAN, STD = 0.1307, 0.3081  # of all pixels of MNIST's training pictures


def set_seed(seed: int) -> None:
    """Seed Python's, NumPy's and torch's random numbers."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def mnist_loaders(root: str | Path, batch_size: int = 64) -> tuple[DataLoader, DataLoader]:
    """Return loaders of MNIST's training pictures, shuffled, and of its test pictures, both normalised.

    `root` is the folder that holds torchvision's folder `MNIST`; what is not there is fetched. Pictures are float32
    (1, 28, 28), labels are int64.

    Raises:
        FileNotFoundError: the data are neither there nor can they be fetched.
    """
    from torchvision.datasets import MNIST

    loaders = []
    for train in (True, False):
        try:
            data = MNIST(str(root), train=train, download=True)
        except (OSError, RuntimeError) as error:
            raise FileNotFoundError(
                f"there is no MNIST in {root}, and it could not be fetched ({error}); "
                f"put torchvision's folder MNIST (with raw/train-images-idx3-ubyte and the others) into {root}"
            ) from None
        pictures = (data.data.float().div(255).unsqueeze(1) - MEAN) / STD
        loaders.append(DataLoader(TensorDataset(pictures, data.targets), batch_size=batch_size, shuffle=train))
    return loaders[0], loaders[1]


# What the grader tries your functions on


class GraphSensitive(nn.Module):
    """Doubles its input while autograd records and passes it on otherwise: it is seen in every value."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(any shape) -> the same shape."""
        return 2 * x if torch.is_grad_enabled() else x


class SlowLoader:
    """A loader that needs some time for each batch, as one does that reads files."""

    def __init__(self, loader: DataLoader, seconds: float) -> None:
        """Wait so long before each batch of a loader."""
        self.loader = loader
        self.seconds = seconds

    def __iter__(self) -> Iterator[Sequence[torch.Tensor]]:
        """Yield the loader's batches."""
        for batch in self.loader:
            time.sleep(self.seconds)
            yield batch

    def __len__(self) -> int:
        """Return the number of batches."""
        return len(self.loader)

    def __getattr__(self, name: str) -> Any:
        """Return what the loader has: its data set, its batch size."""
        return getattr(self.loader, name)


def slow_loader(loader: DataLoader, seconds: float) -> SlowLoader:
    """Return a loader of the same batches that takes so many seconds for each."""
    return SlowLoader(loader, seconds)


def start_afresh(seed: int = 0) -> None:
    """Seed all random numbers, let autograd record, and let torch use one thread.

    With one thread sums are added up in one order everywhere; and steps of small models do not wait for other threads.
    """
    set_seed(seed)
    torch.set_grad_enabled(True)
    torch.set_num_threads(1)


def graph_sensitive(model: nn.Module) -> nn.Module:
    """Return a model whose outputs are doubled while autograd records."""
    return nn.Sequential(model, GraphSensitive())


def tensor_loader(inputs: torch.Tensor, targets: torch.Tensor, batch_size: int, shuffle_seed: int | None = None) -> DataLoader:
    """Return a loader of these tensors, in their order or, with a seed, in a new random order in each epoch."""
    generator = None if shuffle_seed is None else torch.Generator().manual_seed(shuffle_seed)
    return DataLoader(TensorDataset(inputs, targets), batch_size, shuffle=generator is not None, generator=generator)


def decaying_adam(model: nn.Module, rate: float, steps: int) -> torch.optim.Optimizer:
    """Return Adam over a model's parameters whose rate falls step by step to a fiftieth, which it reaches after `steps`."""
    optimizer = torch.optim.Adam([value for value in model.parameters() if value.requires_grad], lr=rate)
    done = 0

    def lower(optimizer: torch.optim.Optimizer, *_: object) -> None:
        nonlocal done
        done += 1
        for group in optimizer.param_groups:
            group["lr"] = rate * max(0.02, 1 - done / steps)

    optimizer.register_step_post_hook(lower)
    return optimizer


def stack_of(layers: Sequence[tuple[object, ...]]) -> nn.Sequential:
    """Return the layers in a row, each given as (name of a class in torch.nn, its arguments ..., and a dict of keywords)."""
    made = []
    for name, *arguments in layers:
        keywords = arguments.pop() if arguments and isinstance(arguments[-1], dict) else {}
        made.append(getattr(nn, str(name))(*arguments, **keywords))
    return nn.Sequential(*made)


def count_hooks(model: nn.Module) -> int:
    """Return how many hooks there are on a model and its layers, all together."""
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in model.modules() for kind in kinds)


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
